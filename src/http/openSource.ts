import { Readable } from 'node:stream';
import { openFile } from './openFile.ts';
import { failed, type OpenedSource, openStream, stopped, streamError } from './openStream.ts';
import {
  isWebStream,
  type OnceStream,
  type SourceContent,
  whyNotReadable,
} from './uploadSource.ts';

/** The streams that were opened: what is left of them is nobody's file. */
const opened = new WeakSet();

/**
 * Opens a source for one attempt. Rejects with `FileError` for a path that is not a readable file, and for what was read
 * already. Errors of a stream become one where it is read; `name` stands for its path.
 */
export async function openSource(
  route: string,
  source: SourceContent,
  name: string = source.name ?? 'upload',
): Promise<OpenedSource> {
  switch (source.kind) {
    case 'path':
      return openFile(route, source.path);
    case 'bytes':
      return { size: source.bytes.byteLength, content: source.bytes, close: () => undefined };
    case 'blob':
      return openStream(route, source.blob.stream(), source.blob.size, name);
    case 'once':
      return openOnce(route, source.stream, source.size, name);
  }
}

/**
 * Takes a source into care that can be read once: the function that it returns releases it, whether or not it was opened,
 * and to whatever end it was read. Other sources hold nothing.
 */
export function holdSource(source: SourceContent): () => void {
  if (source.kind !== 'once') {
    return () => undefined;
  }
  const { stream } = source;
  if (stream instanceof Readable) {
    // It may fail while it waits for its turn, with nobody to hear of it, which would end the process.
    stream.on('error', () => undefined);
  }
  return () => release(stream);
}

/** What is opened is released by who reads it. */
function release(stream: OnceStream): void {
  if (stream instanceof Readable) {
    stream.destroy();
  } else if (isWebStream(stream)) {
    if (!stream.locked) {
      stream.cancel().catch(() => undefined);
    }
  } else if (isIterator(stream)) {
    void stopped(stream);
  }
}

function openOnce(
  route: string,
  stream: OnceStream,
  size: number | undefined,
  name: string,
): OpenedSource {
  const why = opened.has(stream)
    ? 'the stream was read from already, and can be read once only'
    : whyNotReadable(stream);
  const failure = stream instanceof Readable ? stream.errored : null;
  if (why !== undefined || failure) {
    throw streamError(route, name, failure ? failed(failure) : `: ${why}`, failure ?? undefined);
  }
  // What makes a new iterator each time can be read again.
  if (isWebStream(stream) || stream instanceof Readable || isIterator(stream)) {
    opened.add(stream);
  }
  return openStream(route, stream, size, name);
}

function isIterator(stream: object): stream is AsyncIterator<unknown> & AsyncIterable<unknown> {
  return 'next' in stream && typeof stream.next === 'function';
}
