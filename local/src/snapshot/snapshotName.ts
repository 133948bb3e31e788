/**
 * Whether a snapshot may hold a file of this name: the databases, the contents of files under their
 * hash, and the results of sheets jobs. No name that passes leads out of the folder.
 */
export function isSnapshotName(name: string): boolean {
  return /^(cloud\.db|search\.db|files\/[0-9a-f]{2}\/[0-9a-f]{64}|sheets\/[\w-]+\/\w[\w.-]*)$/.test(
    name,
  );
}
