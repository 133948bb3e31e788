import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { OpenedSource } from './openStream.ts';

/** A form with one file, ready to be sent (RFC 7578). */
export interface MultipartBody {
  readonly contentType: string;
  /** `undefined` when the file's size is not known. */
  readonly contentLength: number | undefined;
  /** Bytes of the body in front of the file's content. */
  readonly headSize: number;
  readonly body: Buffer | Readable;
  /** Bytes of the file's content that have gone into the body so far. */
  readonly contentRead: () => number;
}

/** The file's part of the form. */
export interface MultipartFile {
  readonly field: string;
  /** Folders in it are left out. */
  readonly name: string;
  readonly mediaType: string;
  readonly source: OpenedSource;
}

/**
 * Builds a `multipart/form-data` body: the fields first, so that the server knows them when the file begins.
 * Content in one piece becomes one buffer; content in pieces becomes a stream, and memory stays flat.
 */
export function multipart(
  fields: Readonly<Record<string, string | null | undefined>>,
  { field, name, mediaType, source }: MultipartFile,
): MultipartBody {
  const boundary = `rx-llamacloud-${randomUUID()}`;
  const disposition = `--${boundary}\r\ncontent-disposition: form-data; name=`;
  const parts = Object.entries(fields).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${disposition}"${escapeName(key)}"\r\n\r\n${value}\r\n`] : [],
  );
  const head = Buffer.from(
    `${parts.join('')}${disposition}"${escapeName(field)}"; filename="${escapeName(fileNameOf(name))}"\r\n` +
      `content-type: ${mediaType.replace(/[\r\n]/g, '')}\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const { content, size } = source;
  let read = content instanceof Uint8Array ? content.byteLength : 0;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    contentLength: size === undefined ? undefined : head.byteLength + size + tail.byteLength,
    headSize: head.byteLength,
    body:
      content instanceof Uint8Array
        ? Buffer.concat([head, content, tail])
        : Readable.from(inOrder(content), { objectMode: false }),
    contentRead: () => read,
  };

  async function* inOrder(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    yield head;
    for await (const piece of pieces) {
      read += piece.byteLength;
      yield piece;
    }
    yield tail;
  }
}

/**
 * The name of a file as a server is to keep it, where that is another one than it reads in a form, which holds quotes and
 * control characters escaped.
 */
export function nameBehindForm(name: string): string | undefined {
  const plain = fileNameOf(name);
  return escapeName(plain) === plain ? undefined : plain;
}

/** The last part of a path of any system: a server has no use for folders of this one (RFC 7578, 4.2). */
function fileNameOf(name: string): string {
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  return /^\.{0,2}$/.test(last) ? 'upload' : last;
}

/**
 * A name cannot end its quotes or its line: escaped as browsers do it (WHATWG HTML, multipart/form-data encoding), and
 * the other control characters, which no form parser takes, in the same way.
 */
function escapeName(name: string): string {
  return name.replace(/["\p{Cc}]/gu, encodeURIComponent);
}
