import type { Context } from 'hono';
import type { z } from 'zod';
import { ApiProblem, invalid } from './apiProblem.ts';
import { mediaType, wrongMediaType } from './mediaType.ts';
import { parseJson } from './parseJson.ts';
import { validationEntries } from './validationEntries.ts';

/** Largest JSON body that is read, in bytes. Uploads have a limit of their own. */
const largestBody = 8 * 1024 * 1024;

/** The query string, checked by `schema` (see `schemas/query.ts`); a bad value is a 422. */
export function readQuery<S extends z.ZodType>(c: Context, schema: S): z.output<S> {
  return check('query', c.req.queries(), schema);
}

/**
 * The JSON body, checked by `schema`; no body, no JSON or a bad value is a 422, another type of body a 415. With
 * `'exact'`, integers too large for a number are of the type `bigint`; see {@link parseJson}.
 */
export async function readBody<S extends z.ZodType>(
  c: Context,
  schema: S,
  integers?: 'exact',
): Promise<z.output<S>> {
  const body = await readText(c);
  if (body === '') {
    throw invalid({ type: 'missing', loc: ['body'], msg: 'Field required' });
  }
  return check('body', parseJson(body, ['body'], integers), schema);
}

/** As {@link readBody} for an operation whose body may be left out; then `undefined`. */
export async function readOptionalBody<S extends z.ZodType>(
  c: Context,
  schema: S,
): Promise<z.output<S> | undefined> {
  const body = await readText(c);
  const value = body === '' ? null : parseJson(body, ['body']);
  return value === null ? undefined : check('body', value, schema);
}

/** `value` as `schema` reads it, or the 422 that says what is wrong with it under `place`. */
export function check<S extends z.ZodType>(place: string, value: unknown, schema: S): z.output<S> {
  const result = schema.safeParse(value, { reportInput: true });
  if (!result.success) {
    throw new ApiProblem(422, validationEntries(place, result.error.issues));
  }
  return result.data;
}

/** The body as text; 415 when it does not say that it is JSON, 413 as soon as it is larger than {@link largestBody}. */
async function readText(c: Context): Promise<string> {
  const bytes = await readBytes(c);
  const contentType = c.req.header('content-type');
  if (bytes.length > 0 && !/^application\/([\w.-]+\+)?json$/.test(mediaType(contentType))) {
    throw wrongMediaType('application/json', contentType);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid({ type: 'json_invalid', loc: ['body'], msg: 'The body is not UTF-8' });
  }
}

async function readBytes(c: Context): Promise<Uint8Array> {
  const declared = Number(c.req.header('content-length') ?? NaN);
  if (declared <= largestBody) {
    return new Uint8Array(await c.req.arrayBuffer());
  }
  const body: ReadableStream<Uint8Array> | null = c.req.raw.body;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (declared > largestBody || size > largestBody) {
      throw new ApiProblem(413, `The body is larger than ${largestBody} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
