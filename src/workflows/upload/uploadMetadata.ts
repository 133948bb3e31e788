/** What uploads write into a file's metadata, beside the user's, and the ids that they give. */

import { randomUUID } from 'node:crypto';
import { sep } from 'node:path';
import type { FileMetadata } from '../../types/directoryFiles.ts';
import type { ContentDigest } from './contentDigest.ts';

/** The content's SHA-256 in hexadecimal. */
export const DIGEST = 'rx_sha256';
/** The content's size in bytes. */
const SIZE = 'rx_size';
/** `true` on what a sync has uploaded, and may remove again. */
export const SYNCED = 'rx_synced';
/** The `unique_id` that a new version is to get once the old one is out of its way. */
export const REPLACES = 'rx_replaces';

const OURS: ReadonlySet<string> = new Set([DIGEST, SIZE, SYNCED, REPLACES]);

/** The user's metadata with what the next run needs to know. */
export function uploadMetadata(
  own: FileMetadata | undefined,
  { sha256, size }: Pick<ContentDigest, 'sha256' | 'size'>,
  synced: boolean,
): FileMetadata {
  return {
    ...ownMetadata(own),
    ...{ [DIGEST]: sha256, [SIZE]: size },
    ...(synced && { [SYNCED]: true }),
  };
}

/** What of a file's metadata is the user's; `undefined` when that is nothing. */
export function ownMetadata(metadata: FileMetadata | undefined): FileMetadata | undefined {
  const own = Object.entries(metadata ?? {}).filter(([key]) => !OURS.has(key));
  return own.length > 0 ? Object.fromEntries(own) : undefined;
}

/**
 * The `unique_id` of what has this path: the same on every system, whichever way its file system writes accents
 * (Unicode normal form C) and parts paths.
 */
export function uniqueIdOf(relativePath: string): string {
  return relativePath.replaceAll(sep, '/').normalize('NFC');
}

/**
 * A `unique_id` for a new version until it takes the old one's place. No file of a folder has it, as no part of a path is
 * empty, and none is told by it: see {@link REPLACES}.
 */
export function asideId(uniqueId: string): string {
  return `${uniqueId}//${randomUUID()}`;
}
