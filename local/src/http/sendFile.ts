import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import { ApiProblem } from './apiProblem.ts';
import type { CloudEnv } from './cloudEnv.ts';

/** A file on this machine, and what is said of it. */
export interface SentFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Tells this content from what the file may hold later; in quotes, as the header has it. */
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Answers with a file, or with the one part of it that `range` asks for: 206 with that part, 416 when the file has no
 * such part. As RFC 9110 allows, what is not a single range of bytes is answered with the whole file, and so is a range
 * whose `if-range` names other content. Rejects with a 404 when somebody has removed the file.
 */
export async function sendFile(
  c: Context<CloudEnv>,
  { path, size, etag, headers }: SentFile,
): Promise<Response> {
  const part = partOf(c.req.header('range'), size);
  const about = { ...headers, etag, 'accept-ranges': 'bytes' };
  const expected = c.req.header('if-range') ?? etag;
  if (part === undefined || expected !== etag) {
    const file = await openFile(path);
    return c.body(Readable.toWeb(file.createReadStream()), 200, {
      ...about,
      'content-length': String(size),
    });
  }
  const { start, end } = part;
  if (start >= end) {
    const detail = `The file has ${size} bytes, none of them in the range that was asked for`;
    return c.json({ detail }, 416, { 'content-range': `bytes */${size}` });
  }
  const file = await openFile(path);
  return c.body(Readable.toWeb(file.createReadStream({ start, end: end - 1 })), 206, {
    ...about,
    'content-length': String(end - start),
    'content-range': `bytes ${start}-${end - 1}/${size}`,
  });
}

/** Opened before the answer begins, which can then still be another. */
async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
      throw new ApiProblem(404, 'The content of this file was removed from the data folder');
    }
    throw cause;
  }
}

/** The bytes that a `range` header names, `end` not included; `undefined` where it names no single part. */
function partOf(
  range: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | undefined {
  const [, first = '', last = ''] =
    /^bytes=(\d*)-(\d*)$/.exec(range?.replaceAll(' ', '') ?? '') ?? [];
  if (first === '' && last === '') {
    return undefined;
  }
  if (first === '') {
    return { start: Math.max(0, size - Number(last)), end: size };
  }
  if (last !== '' && Number(last) < Number(first)) {
    return undefined;
  }
  return { start: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) };
}
