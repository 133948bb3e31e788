import type { Context } from 'hono';
import type { z } from 'zod';
import { ApiProblem, invalid } from './apiProblem.ts';
import { mediaType, wrongMediaType } from './mediaType.ts';
import { isDeeperThan } from './isDeeperThan.ts';
import { validationEntries } from './validationEntries.ts';

/** Largest JSON body that is read, in bytes. Uploads have a limit of their own. */
const largestBody = 8 * 1024 * 1024;

/** Objects and lists inside each other in a JSON body; what works on them calls itself for each. */
const deepestBody = 1_100;

/** The query string, checked by `schema` (see `schemas/query.ts`); a bad value is a 422. */
export function readQuery<S extends z.ZodType>(c: Context, schema: S): z.output<S> {
  return check('query', c.req.queries(), schema);
}

/** The JSON body, checked by `schema`; no body, no JSON or a bad value is a 422, another type of body a 415. */
export async function readBody<S extends z.ZodType>(c: Context, schema: S): Promise<z.output<S>> {
  const body = await readText(c);
  if (body === '') {
    throw invalid({ type: 'missing', loc: ['body'], msg: 'Field required' });
  }
  return check('body', parseJson(body), schema);
}

/** As {@link readBody} for an operation whose body may be left out; then `undefined`. */
export async function readOptionalBody<S extends z.ZodType>(
  c: Context,
  schema: S,
): Promise<z.output<S> | undefined> {
  const body = await readText(c);
  const value = body === '' ? null : parseJson(body);
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
  const text = await readAnyText(c);
  const contentType = c.req.header('content-type');
  if (text !== '' && !/^application\/([\w.-]+\+)?json$/.test(mediaType(contentType))) {
    throw wrongMediaType('application/json', contentType);
  }
  return text;
}

async function readAnyText(c: Context): Promise<string> {
  const declared = Number(c.req.header('content-length') ?? NaN);
  if (declared <= largestBody) {
    return c.req.text();
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
  return Buffer.concat(chunks).toString();
}

function parseJson(text: string): unknown {
  if (isDeeperThan(deepestBody, text)) {
    throw invalid({
      type: 'json_invalid',
      loc: ['body'],
      msg: `JSON decode error: nested more than ${deepestBody} levels deep`,
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw invalid({ type: 'json_invalid', loc: ['body'], msg: `JSON decode error: ${why}` });
  }
}
