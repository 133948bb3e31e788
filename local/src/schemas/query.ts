/**
 * Building blocks for query schemas. A query arrives as lists of strings, since a key may
 * repeat; each block turns that into the value that the wire type declares, and ends in a schema
 * of that value, which says what the parameter is.
 */

import { z } from 'zod';

/** A key that is given once; of several the last counts, as in the service. */
const single = z.array(z.string()).transform((values) => values.at(-1) ?? '');

/** Text as it was sent. */
export const queryText = single.pipe(z.string());

/** A whole number. */
export const queryInteger = single
  .transform((text, ctx) => {
    if (!/^[+-]?\d{1,15}$/.test(text.trim())) {
      ctx.issues.push({
        code: 'custom',
        input: text,
        params: { type: 'int_parsing' },
        message: 'Input should be a valid integer, unable to parse string as an integer',
      });
      return z.NEVER;
    }
    return Number(text);
  })
  .pipe(z.int());

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  t: true,
  yes: true,
  y: true,
  on: true,
  '1': true,
  false: false,
  f: false,
  no: false,
  n: false,
  off: false,
  '0': false,
};

/** `true` or `false`, in any of the spellings that the service reads. */
export const queryBoolean = single
  .transform((text, ctx) => {
    const value = truths[text.trim().toLowerCase()];
    if (value === undefined) {
      ctx.issues.push({
        code: 'custom',
        input: text,
        params: { type: 'bool_parsing' },
        message: 'Input should be a valid boolean, unable to interpret input',
      });
      return z.NEVER;
    }
    return value;
  })
  .pipe(z.boolean());

/** A point in time, given as ISO 8601 with or without a zone (UTC then); kept as UTC text. */
export const queryTime = single
  .transform((text, ctx) => {
    const zoned = /(?:z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes('T') ? text : `${text}Z`;
    const time = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(zoned) : new Date(NaN);
    if (Number.isNaN(time.getTime())) {
      ctx.issues.push({
        code: 'custom',
        input: text,
        params: { type: 'datetime_parsing' },
        message: 'Input should be a valid datetime, such as 2026-05-19T08:30:00Z',
      });
      return z.NEVER;
    }
    return time.toISOString();
  })
  .pipe(z.string().meta({ format: 'date-time' }));

/** A key that repeats: every value it was given. */
export const queryList = z.array(z.string());

/** The project and organization that every operation may name. */
export const scopeQuery = z.object({
  project_id: queryText.optional(),
  organization_id: queryText.optional(),
});

/** The scope, and which page of a list is wanted. */
export const pageQuery = scopeQuery.extend({
  page_size: queryInteger.pipe(z.int().min(1)).optional(),
  page_token: queryText.optional(),
});
