import { Readable } from 'node:stream';
import { types } from 'node:util';
import { kindOf } from '../checks/shown.ts';
import { FileError } from '../errors.ts';
import { errorCode } from './errorCode.ts';
import { bytesOf, isWebStream, type OnceStream } from './uploadSource.ts';

/** A source that was opened for one attempt. */
export interface OpenedSource {
  /** The content's length in bytes; `undefined` for a stream, which does not know it. */
  readonly size: number | undefined;
  /** The content: whole where it is small, else in pieces as they are read. To be used once. */
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
  /** Gives back what was opened. Harmless when called again. */
  close(): void;
}

/**
 * Begins to read a stream. Errors with `FileError` where it fails, gives what is not bytes, or is not as long as it said.
 *
 * @param name - Names it in errors.
 */
export function openStream(
  route: string,
  stream: OnceStream,
  size: number | undefined,
  name: string,
): OpenedSource {
  const { pieces, close } = isWebStream(stream) ? piecesOfWeb(stream) : piecesOf(stream);
  return { size, content: read(), close };

  async function* read(): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    try {
      for await (const piece of pieces) {
        if (!ArrayBuffer.isView(piece) && !types.isAnyArrayBuffer(piece)) {
          const hint = typeof piece === 'string' ? '. Encode it, with TextEncoder for one' : '';
          throw streamError(route, name, ` gives ${kindOf(piece)} where bytes are due${hint}`);
        }
        const view = bytesOf(piece, 'a piece of the stream');
        bytes += view.byteLength;
        yield view;
      }
    } catch (cause) {
      throw cause instanceof FileError ? cause : streamError(route, name, failed(cause), cause);
    } finally {
      close();
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

/** A stream of bytes as it is read, and what stops it at once. */
interface Pieces {
  readonly pieces: AsyncIterable<unknown>;
  readonly close: () => void;
}

function piecesOf(stream: Readable | AsyncIterable<unknown>): Pieces {
  if (stream instanceof Readable) {
    return { pieces: stream, close: () => void stream.destroy() };
  }
  const iterator = stream[Symbol.asyncIterator]();
  return {
    pieces: { [Symbol.asyncIterator]: () => iterator },
    close: () => void stopped(iterator),
  };
}

function piecesOfWeb(stream: ReadableStream<unknown>): Pieces {
  const reader = stream.getReader();
  return {
    pieces: read(),
    close: () => void reader.cancel().catch(() => undefined),
  };

  async function* read(): AsyncGenerator {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      yield piece.value;
    }
  }
}

/** Stops an iterator, which may fail to do so when nobody is interested any more. */
export async function stopped(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // It was asked to stop, and did.
  }
}

/** That a stream has failed, and of what. */
export function failed(cause: unknown): string {
  const code = errorCode(cause);
  return code === undefined ? ' failed' : ` failed (${code})`;
}

/** The error of a stream that cannot be sent. */
export function streamError(route: string, name: string, what: string, cause?: unknown): FileError {
  return new FileError(`${route}: the stream ${JSON.stringify(name)}${what}`, {
    route,
    kind: 'unreadable',
    path: name,
    cause,
  });
}
