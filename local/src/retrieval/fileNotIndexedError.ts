/** The index holds no such file. */
export class FileNotIndexedError extends Error {
  override readonly name = 'FileNotIndexedError' as const;

  constructor(indexId: string, fileId: string) {
    super(`Index ${indexId} has no file ${fileId}: search its files for the ids it has.`);
  }
}
