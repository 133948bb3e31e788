import { LinkError, type LinkErrorKind } from '../errors.ts';
import type { PresignedUrl } from '../types/presignedUrl.ts';
import { instantOf } from './instantOf.ts';
import { isLoopback, type LinkPolicy } from './linkPolicy.ts';

/** Names the operation in errors in the URL's place: its query is as good as a password. */
export const LINK_ROUTE = 'GET presigned URL';

/** Where a link leads. */
export interface PresignedAddress {
  readonly origin: string;
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  /** What is in the query and must not be seen: the link works for whoever has it. */
  readonly secrets: readonly string[];
  /** When its time is over, in milliseconds since 1970; `Infinity` when it does not say. */
  readonly expires: number;
}

/**
 * Reads a link that is to be fetched.
 *
 * @throws LinkError of the kind `refused` when it is neither https nor to the API nor from this machine to itself, when
 *   its host is none of those that were named, or when it takes a POST.
 */
export function presignedAddress(link: PresignedUrl, policy: LinkPolicy): PresignedAddress {
  const text = (link as PresignedUrl | null | undefined)?.url ?? '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) {
    throw linkError('refused', 'the link is no URL');
  }
  if (url.origin !== policy.origin) {
    const withinMachine = policy.local && url.protocol === 'http:' && isLoopback(url.hostname);
    if (url.protocol !== 'https:' && !withinMachine) {
      throw linkError('refused', `the link must be https, and begins ${url.protocol}//${url.host}`);
    }
    if (!policy.includes(url.host)) {
      throw linkError(
        'refused',
        `the link leads to ${url.host}, which is not in presigned.hosts of the connection`,
      );
    }
  }
  if (Object.keys(link.form_fields ?? {}).length > 0) {
    throw linkError('refused', 'the link has form fields: it is one to send a file to');
  }
  return {
    origin: url.origin,
    host: url.host,
    path: url.pathname + url.search,
    secrets: secretsOf(url),
    expires: Math.min(millisecondsOf(link.expires_at), instantOfQuery(url.searchParams)),
  };
}

/** The error for a link that nothing was sent to. */
export function linkError(kind: LinkErrorKind, what: string, cause?: unknown): LinkError {
  const error = new LinkError(`${LINK_ROUTE}: ${what}`, { route: LINK_ROUTE, kind, cause });
  error.attempts = 0;
  return error;
}

/** The values of the query as they are sent and as they are meant; what is short is no secret. */
function secretsOf(url: URL): string[] {
  const sent = url.search.split(/[?&]/).map((pair) => pair.slice(pair.indexOf('=') + 1));
  return [...sent, ...url.searchParams.values()].filter((value) => value.length >= 8);
}

/** `Infinity` for what is no time. */
function millisecondsOf(text: string): number {
  const instant = instantOf(text) / 1_000;
  return Number.isNaN(instant) ? Infinity : instant;
}

/** When a link to S3 expires by its own account, which holds where `expires_at` is later (Signature Version 4). */
function instantOfQuery(query: URLSearchParams): number {
  const date = query.get('X-Amz-Date') ?? '';
  const [, day, time] = /^(\d{8})T(\d{6})Z$/.exec(date) ?? [];
  const seconds = Number(query.get('X-Amz-Expires') ?? NaN);
  if (day === undefined || time === undefined || !(seconds >= 0)) {
    return Infinity;
  }
  const iso = `${day.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`;
  return millisecondsOf(iso) + seconds * 1_000;
}
