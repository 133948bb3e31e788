import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { FileError } from '../errors.ts';

/** What can be uploaded: a file by its path, a `Blob` or `File`, bytes, or a web stream. */
export type UploadSource = string | Blob | Uint8Array | ReadableStream<Uint8Array>;

/** A source that was opened for one attempt. */
export interface OpenedSource {
  /** The content's length in bytes; `undefined` for a stream, which does not know it. */
  readonly size: number | undefined;
  /** The content: whole where it is small, else in pieces as they are read. To be used once. */
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
  /** Gives back what was opened. Harmless when called again. */
  close(): void;
}

/** Files up to this size are sent in one piece, which is the quickest; larger ones are streamed. */
const ONE_PIECE = 2 ** 20;
const CHUNK_SIZE = 512 * 1024;
// Without O_NONBLOCK the open of a named pipe waits for a writer that may never come. Windows has no such flag.
const READ_ONLY = constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK);

/** Whether a source gives the same content when it is opened again. */
export function isReplayable(source: UploadSource): boolean {
  return !(source instanceof ReadableStream);
}

/** The name that a source brings along, without folders. */
export function nameOf(source: UploadSource): string | undefined {
  if (typeof source === 'string') {
    return basename(source);
  }
  return source instanceof File ? source.name : undefined;
}

/** The media type that a source brings along. */
export function mediaTypeOf(source: UploadSource): string {
  return (source instanceof Blob && source.type) || 'application/octet-stream';
}

/**
 * Opens a source for one attempt. Rejects with `FileError` for a path that is not a readable file. Errors of a stream
 * become one where it is read; `name` stands for its path.
 */
export async function openSource(
  route: string,
  source: UploadSource,
  name: string = nameOf(source) ?? 'upload',
): Promise<OpenedSource> {
  if (typeof source === 'string') {
    return openFile(route, source);
  }
  if (source instanceof Uint8Array) {
    return { size: source.byteLength, content: source, close: () => undefined };
  }
  const size = source instanceof Blob ? source.size : undefined;
  const web = source instanceof Blob ? source.stream() : source;
  if (web.locked) {
    throw new FileError(`${route}: the stream ${JSON.stringify(name)} is read by somebody else`, {
      route,
      kind: 'unreadable',
      path: name,
    });
  }
  const stream = Readable.fromWeb(web);
  return {
    size,
    content: read(),
    close: () => void stream.destroy(),
  };

  async function* read(): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    try {
      for await (const piece of stream as AsyncIterable<Uint8Array>) {
        bytes += piece.byteLength;
        yield piece;
      }
    } catch (cause) {
      throw new FileError(`${route}: the stream ${JSON.stringify(name)} failed`, {
        route,
        kind: 'unreadable',
        path: name,
        cause,
      });
    }
    if (size !== undefined && bytes !== size) {
      const what = `has ${bytes} bytes and said ${size}`;
      throw new FileError(`${route}: ${JSON.stringify(name)} ${what}`, {
        route,
        kind: 'changed',
        path: name,
      });
    }
  }
}

async function openFile(route: string, path: string): Promise<OpenedSource> {
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
    throw refuse(`cannot be opened (${codeOf(cause)})`, cause);
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
    throw cause instanceof FileError ? cause : refuse(`cannot be read (${codeOf(cause)})`, cause);
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
      throw cause instanceof FileError ? cause : refuse(`cannot be read (${codeOf(cause)})`, cause);
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

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
}
