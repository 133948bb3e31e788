/** What uploads write into a file's metadata, beside the user's, and the ids that they give. */

import { sep } from 'node:path';
import type { FileMetadata } from '../../types/directoryFiles.ts';
import type { ContentDigest } from './contentDigest.ts';

/** The content's SHA-256 in hexadecimal. */
export const DIGEST = 'rx_sha256';
/** The content's size in bytes. */
const SIZE = 'rx_size';
/** `true` on what a sync has uploaded, and may remove again. */
export const SYNCED = 'rx_synced';

/** The user's metadata with what the next run needs to know. */
export function uploadMetadata(
  own: FileMetadata | undefined,
  { sha256, size }: ContentDigest,
  synced: boolean,
): FileMetadata {
  return { ...own, [DIGEST]: sha256, [SIZE]: size, ...(synced && { [SYNCED]: true }) };
}

/**
 * The `unique_id` of what has this path: the same on every system, whichever way its file system writes accents
 * (Unicode normal form C) and parts paths.
 */
export function uniqueIdOf(relativePath: string): string {
  return relativePath.replaceAll(sep, '/').normalize('NFC');
}

/** The `unique_id` of a new version until it takes the old one's place. Names its content, so it is never another one's. */
export function asideId(uniqueId: string, sha256: string): string {
  return `${uniqueId}#${sha256}`;
}
