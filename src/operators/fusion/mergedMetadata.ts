import type { FileMetadata, FileMetadataValue } from '../../types/directoryFiles.ts';
import { isRecord } from '../../types/isRecord.ts';
import { toJson } from '../../types/toJson.ts';
import type { FusedHit } from './fuse.ts';
import { checkKind } from '../../checks/checkKind.ts';

/** The metadata of all copies of a hit. */
export interface MergedMetadata {
  /** All keys, each with its value in the copy that was kept, or else in the first that has it. */
  readonly metadata: FileMetadata;
  /** The keys whose values differ between copies, each with all of them. */
  readonly conflicts: Readonly<Record<string, readonly FileMetadataValue[]>>;
}

/**
 * Brings together what the copies of a hit in different indexes know of its file, and says where they disagree.
 *
 * @example
 * ```ts
 * mergeRanked([retrieve(connection, { index_id: indexId, query: question })]).subscribe(({ hits }) => {
 *   for (const { metadata, conflicts } of hits.map(mergedMetadata)) {
 *     console.log(metadata, Object.keys(conflicts));
 *   }
 * });
 * ```
 */
export function mergedMetadata(
  hit: FusedHit<{ readonly metadata?: FileMetadata | null | undefined }>,
): MergedMetadata {
  checkKind('mergedMetadata: hit', hit, 'object');
  checkKind('mergedMetadata: hit.contributions', hit.contributions, 'array');
  const values = new Map<string, FileMetadataValue[]>();
  for (const { metadata } of [hit.item, ...hit.contributions.map(({ item }) => item)]) {
    for (const [key, value] of Object.entries(isRecord(metadata) ? metadata : {})) {
      const known = values.get(key) ?? [];
      // Lists are equal when they look the same.
      if (!known.some((one) => toJson(one) === toJson(value))) {
        values.set(key, [...known, value]);
      }
    }
  }
  return {
    metadata: Object.fromEntries([...values].map(([key, [first = null]]) => [key, first])),
    conflicts: Object.fromEntries([...values].filter(([, all]) => all.length > 1)),
  };
}
