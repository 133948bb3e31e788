import type { PresignedUrl } from '../types/presignedUrl.ts';

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Where a presigned URL leads.
 *
 * @throws TypeError when the URL is neither https nor on this machine.
 */
export function presignedAddress({ url: text }: PresignedUrl): {
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
} {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    !url ||
    !(url.protocol === 'https:' || (url.protocol === 'http:' && loopback.test(url.hostname)))
  ) {
    throw new TypeError(
      `A presigned URL must be https, got ${JSON.stringify(url ? url.protocol + '//' + url.host : 'no URL')}`,
    );
  }
  return { origin: url.origin, path: url.pathname + url.search };
}
