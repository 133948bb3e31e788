/** Result codes of SQLite (sqlite.org/rescode.html), the extended ones cut down to their kind. */
const sqliteReasons: Readonly<Record<number, string>> = {
  5: 'the database is locked by another process',
  6: 'the database is locked by another process',
  8: 'the data folder cannot be written to',
  10: 'the disk reports an error',
  13: 'the disk is full',
  14: 'a file of the data folder cannot be opened',
};

const systemReasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file system takes no file that large',
  EROFS: 'the data folder cannot be written to',
  EIO: 'the disk reports an error',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
};

/**
 * Why what was asked cannot be stored or read now, or `undefined` where the error is of another
 * kind. Nothing is wrong with the request then, nor with the program: it may be sent again once
 * there is room.
 */
export function storageOutage(error: unknown): string | undefined {
  if (!(error instanceof Error)) {
    return undefined;
  }
  if ('errcode' in error && typeof error.errcode === 'number') {
    return sqliteReasons[error.errcode & 0xff];
  }
  return 'code' in error && typeof error.code === 'string' ? systemReasons[error.code] : undefined;
}

/** What {@link storageOutage} goes by, to be sent to another thread or process, where an error arrives without it. */
export interface StorageCodes {
  readonly code?: string;
  readonly errcode?: number;
}

/** The codes that an error bears. */
export function storageCodes(cause: unknown): StorageCodes {
  const { code, errcode } = Object(cause) as {
    readonly code?: unknown;
    readonly errcode?: unknown;
  };
  return {
    ...(typeof code === 'string' && { code }),
    ...(typeof errcode === 'number' && { errcode }),
  };
}
