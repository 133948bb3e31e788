import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import { shown } from '../checks/shown.ts';

/** A file that a server has received, as multer hands it over: in memory (`buffer`) or on disk (`path`). */
export interface ReceivedFile {
  /** Its name at who sent it. */
  readonly originalname: string;
  readonly mimetype?: string | undefined;
  readonly buffer?: ArrayBufferView | undefined;
  readonly path?: string | undefined;
}

/**
 * What can be uploaded and read as often as needed: a file by its path or `file:` URL, a `Blob` or `File`, bytes, or a file
 * of multer.
 */
export type RepeatableSource =
  string | URL | Blob | ArrayBuffer | SharedArrayBuffer | ArrayBufferView | ReceivedFile;

/** What can be uploaded: a {@link RepeatableSource}, or what can be read once: a stream, an async iterable, a `Response`. */
export type UploadSource =
  | RepeatableSource
  | Readable
  | ReadableStream<Uint8Array>
  | AsyncIterable<ArrayBufferView | ArrayBuffer>
  | Response;

/** A source, and what is known of it before it is opened. */
export type SourceContent = {
  /** The name that it brings along, without folders. */
  readonly name: string | undefined;
  readonly mediaType: string | undefined;
} & (
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'blob'; readonly blob: Blob }
  | { readonly kind: 'once'; readonly stream: OnceStream; readonly size: number | undefined }
);

/** What can be read once. */
export type OnceStream = Readable | ReadableStream<unknown> | AsyncIterable<unknown>;

const taken =
  'a path, a file: URL, a Blob or File, bytes (Buffer, ArrayBuffer, typed array, DataView), a stream or an async iterable ' +
  'of bytes, a Response, or a file of multer';

/**
 * Recognizes a source, without opening or reading it.
 *
 * @param what - Names the option in complaints.
 * @throws TypeError for what is no source, or one that can no longer be read.
 */
export function sourceContent(source: UploadSource, what: string): SourceContent {
  const given: unknown = source;
  if (typeof given === 'string') {
    return pathContent(given, what);
  }
  if (ArrayBuffer.isView(given) || types.isAnyArrayBuffer(given)) {
    return { kind: 'bytes', bytes: bytesOf(given, what), name: undefined, mediaType: undefined };
  }
  if (typeof given !== 'object' || given === null) {
    throw refusal(what, given);
  }
  if (isUrl(given)) {
    return pathContent(pathOfUrl(given, what), what);
  }
  if (isBlob(given)) {
    return { kind: 'blob', blob: given, name: given.name, mediaType: given.type || undefined };
  }
  if (isResponse(given)) {
    return responseContent(given, what);
  }
  if ('originalname' in given) {
    return receivedContent(given as Partial<ReceivedFile>, what);
  }
  if (given instanceof Readable || isWebStream(given) || Symbol.asyncIterator in given) {
    const stream = given as OnceStream;
    const why = whyNotReadable(stream);
    if (why !== undefined) {
      throw new TypeError(`${what}: ${why}`);
    }
    const path = given instanceof Readable && 'path' in given ? given.path : undefined;
    const name = typeof path === 'string' ? basename(path) : undefined;
    return { kind: 'once', stream, size: undefined, name, mediaType: undefined };
  }
  throw refusal(what, given);
}

/** The name that a source brings along, without folders. @throws TypeError like {@link sourceContent}. */
export function nameOf(source: UploadSource, what: string): string | undefined {
  return sourceContent(source, what).name;
}

/** Where a source is on disk; `undefined` when it is not. @throws TypeError like {@link sourceContent}. */
export function pathOf(source: UploadSource, what: string): string | undefined {
  const content = sourceContent(source, what);
  return content.kind === 'path' ? content.path : undefined;
}

/** Why nothing, or not all, can be read of a stream any more; `undefined` when all of it can. */
export function whyNotReadable(stream: OnceStream): string | undefined {
  if (isWebStream(stream)) {
    return stream.locked
      ? 'the stream is read by somebody else'
      : Readable.isDisturbed(stream as unknown as Readable)
        ? 'the stream was read from already, and can be read once only'
        : undefined;
  }
  if (!(stream instanceof Readable)) {
    return undefined;
  }
  if (stream.errored !== null) {
    // Said where it is opened, with what it errored of.
    return undefined;
  }
  if (stream.readableEncoding !== null) {
    return `the stream gives text (setEncoding ${stream.readableEncoding}) and not bytes`;
  }
  if (stream.readableDidRead || stream.readableEnded || stream.readableFlowing === true) {
    return 'the stream was read from already, and can be read once only';
  }
  return stream.destroyed ? 'the stream was destroyed' : undefined;
}

/** Whether a stream is one of the web, of whatever maker. */
export function isWebStream(value: object): value is ReadableStream<unknown> {
  return 'getReader' in value && typeof value.getReader === 'function' && 'locked' in value;
}

/** A view of the same bytes, or of all that an array buffer has. */
export function bytesOf(value: ArrayBufferView | ArrayBufferLike, what: string): Uint8Array {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  if ('detached' in buffer && buffer.detached) {
    throw new TypeError(`${what}: the bytes were transferred to somebody else`);
  }
  return ArrayBuffer.isView(value)
    ? new Uint8Array(buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(buffer);
}

function pathContent(path: string, what: string): SourceContent {
  if (path === '') {
    throw new TypeError(`${what} must be ${taken}; got an empty path`);
  }
  if (/^(?:https?|file|blob):\/\//i.test(path)) {
    const how = /^file/i.test(path) ? 'new URL(…) of it' : 'the Response of fetch(…)';
    throw new TypeError(`${what}: a text is taken for a path, and this one is a URL. Pass ${how}`);
  }
  return { kind: 'path', path, name: basename(path), mediaType: undefined };
}

function pathOfUrl(url: URL, what: string): string {
  if (url.protocol !== 'file:') {
    throw new TypeError(
      `${what}: a URL must be a file: URL, got one of ${shown(url.protocol)}. Pass the Response of fetch(url)`,
    );
  }
  try {
    return fileURLToPath(url.href);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`${what}: this file: URL is no path of this machine. ${why}`, { cause });
  }
}

function receivedContent(file: Partial<ReceivedFile>, what: string): SourceContent {
  const { originalname, mimetype, buffer, path } = file;
  const name = typeof originalname === 'string' ? originalname : undefined;
  const mediaType = typeof mimetype === 'string' && mimetype !== '' ? mimetype : undefined;
  if (ArrayBuffer.isView(buffer)) {
    return { kind: 'bytes', bytes: bytesOf(buffer, what), name, mediaType };
  }
  if (typeof path === 'string' && path !== '') {
    return { kind: 'path', path, name, mediaType };
  }
  throw new TypeError(
    `${what}: this file of multer has neither buffer nor path. Use its memory or disk storage`,
  );
}

function responseContent(response: Response, what: string): SourceContent {
  const { body, headers, status, ok, url, bodyUsed } = response;
  if (!ok) {
    throw new TypeError(`${what}: the Response is a ${status}, not a file`);
  }
  if (bodyUsed || body?.locked) {
    throw new TypeError(`${what}: the body of the Response was read already`);
  }
  const name = nameInDisposition(headers.get('content-disposition') ?? '') ?? nameInUrl(url);
  const mediaType = headers.get('content-type') ?? undefined;
  if (!body) {
    return { kind: 'bytes', bytes: new Uint8Array(), name, mediaType };
  }
  // The length is that of the compressed bytes, which fetch undoes.
  const length = headers.has('content-encoding') ? null : headers.get('content-length');
  const size = length !== null && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
  return { kind: 'once', stream: body as unknown as OnceStream, size, name, mediaType };
}

/** The name in a `content-disposition` (RFC 6266), of which `filename*` counts more. */
function nameInDisposition(header: string): string | undefined {
  const values = new Map<string, string>();
  for (const parameter of header.split(';')) {
    const [name = '', ...value] = parameter.split('=');
    values.set(name.trim().toLowerCase(), value.join('=').trim());
  }
  const [charset, , extended] = values.get('filename*')?.split("'") ?? [];
  const name = charset?.toLowerCase() === 'utf-8' && extended ? decoded(extended) : undefined;
  const plain = values.get('filename')?.replaceAll('"', '');
  return name ?? (plain === '' ? undefined : plain);
}

function nameInUrl(url: string): string | undefined {
  const last = URL.canParse(url) ? new URL(url).pathname.split('/').at(-1) : undefined;
  return last ? decoded(last) : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function isUrl(value: object): value is URL {
  return tagOf(value) === 'URL';
}

function isBlob(value: object): value is Blob & Partial<File> {
  return /^(?:Blob|File)$/.test(tagOf(value));
}

function isResponse(value: object): value is Response {
  return tagOf(value) === 'Response';
}

/** What a value calls itself: other makers' classes do not inherit from those of Node. */
function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function refusal(what: string, value: unknown): TypeError {
  return new TypeError(`${what} must be ${taken}; got ${shown(value)}`);
}
