import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { FileError } from '../errors.ts';
import { errorCode } from './errorCode.ts';
import type { OpenedSource } from './openStream.ts';

/** Files up to this size are sent in one piece, which is the quickest; larger ones are streamed. */
const ONE_PIECE = 2 ** 20;
const CHUNK_SIZE = 512 * 1024;
// Without O_NONBLOCK the open of a named pipe waits for a writer that may never come. Windows has no such flag.
const READ_ONLY = constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK);

/** Opens a file for one attempt. Rejects with `FileError` when it is not a readable file, and errors so where it changes. */
export async function openFile(route: string, path: string): Promise<OpenedSource> {
  const refuse = (what: string, cause?: unknown): FileError =>
    new FileError(`${route}: ${JSON.stringify(path)} ${what}`, {
      route,
      kind: 'unreadable',
      path,
      cause,
    });
  let handle: FileHandle;
  try {
    handle = await open(path, READ_ONLY);
  } catch (cause) {
    throw refuse(`cannot be opened (${reasonOf(cause)})`, cause);
  }
  let closed = false;
  const close = (): void => {
    if (!closed) {
      closed = true;
      void handle.close();
    }
  };
  try {
    const stat = await handle.stat();
    const { size, mtimeMs } = stat;
    if (!stat.isFile()) {
      throw refuse('is not a regular file');
    }
    if (size > ONE_PIECE) {
      return { size, content: read(size, mtimeMs), close };
    }
    const content = Buffer.allocUnsafe(size);
    const { bytesRead } = await handle.read(content, 0, size, 0);
    await unchanged(bytesRead, size, mtimeMs);
    return { size, content, close };
  } catch (cause) {
    close();
    throw cause instanceof FileError ? cause : refuse(`cannot be read (${reasonOf(cause)})`, cause);
  }

  async function* read(size: number, mtimeMs: number): AsyncGenerator<Uint8Array> {
    try {
      let position = 0;
      while (position < size) {
        // A new buffer each time: the socket may still hold the one before.
        const buffer = Buffer.allocUnsafe(Math.min(CHUNK_SIZE, size - position));
        const { bytesRead } = await handle.read(buffer, 0, buffer.byteLength, position);
        if (bytesRead === 0) {
          break;
        }
        position += bytesRead;
        if (position === size) {
          await unchanged(position, size, mtimeMs);
        }
        yield buffer.subarray(0, bytesRead);
      }
      if (position < size) {
        await unchanged(position, size, mtimeMs);
      }
    } catch (cause) {
      throw cause instanceof FileError
        ? cause
        : refuse(`cannot be read (${reasonOf(cause)})`, cause);
    } finally {
      close();
    }
  }

  /** What is sent must be the file at one moment; a mixture of two is nobody's document. */
  async function unchanged(bytesRead: number, size: number, mtimeMs: number): Promise<void> {
    const now = await handle.stat();
    if (bytesRead !== size || now.size !== size || now.mtimeMs !== mtimeMs) {
      throw new FileError(`${route}: ${JSON.stringify(path)} changed while it was being sent`, {
        route,
        kind: 'changed',
        path,
      });
    }
  }
}

function reasonOf(cause: unknown): string {
  return errorCode(cause) ?? 'unknown reason';
}
