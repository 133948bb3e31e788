import { z } from 'zod';
import { shortText } from './boundedText.ts';
import { validationEntries } from '../http/validationEntries.ts';

/**
 * Any JSON object, as it is. `z.record` would drop a key named `__proto__`: lost from a record,
 * and ignored in a filter.
 */
export const jsonObject = z
  .custom<Record<string, unknown>>()
  .check(({ value, issues }) => {
    if (!isNested(value) || Array.isArray(value)) {
      issues.push({ code: 'invalid_type', expected: 'record', input: value });
    }
  })
  .meta({ type: 'object', additionalProperties: true });

/** Deepest nesting that SQLite reads as JSON. */
const deepest = 1000;

/** A JSON object that can be stored. */
const storableObject = jsonObject.check(({ value, issues }) => {
  let level: readonly object[] = [value].filter(isNested);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > deepest) {
      issues.push({
        code: 'custom',
        input: undefined,
        params: { type: 'recursion_limit' },
        message: `Input should be nested at most ${deepest} levels deep`,
      });
      return;
    }
    level = level.flatMap((item) => Object.values(item).filter(isNested));
  }
});

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** What a field is compared with. `true` and `false` are read as 1 and 0. */
const filterValue = z.union([
  z.number(),
  // Of the same kind to those who send it.
  z.bigint().meta({ type: 'integer' }),
  z.string(),
  z.null(),
  z.boolean().transform((value) => Number(value)),
]);

// An operator that is not known must not be passed over: fewer conditions match more records.
const conditions = z.strictObject({
  eq: filterValue.optional(),
  ne: filterValue.optional(),
  gt: filterValue.optional(),
  gte: filterValue.optional(),
  lt: filterValue.optional(),
  lte: filterValue.optional(),
  includes: z.array(filterValue).optional(),
  excludes: z.array(filterValue).optional(),
});

/** What a field is compared with, as it is read. */
export type FieldValue = z.output<typeof filterValue>;

/** Conditions on one field, as they are read. */
export type FieldConditions = z.output<typeof conditions>;

/** Conditions by field, as they are read. */
export type AgentDataConditions = Readonly<Record<string, FieldConditions>>;

/** SQLite joins a limited number of conditions into one. */
const mostFields = 100;

/** A filter whose fields all fit `schema`. */
function filterOf(schema: z.ZodType<FieldConditions>) {
  const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  delete described.$schema;
  const filter = jsonObject.transform((fields, { issues }): AgentDataConditions => {
    const entries = Object.entries(fields);
    if (entries.length > mostFields) {
      issues.push({ code: 'too_big', origin: 'array', maximum: mostFields, input: undefined });
    }
    return Object.fromEntries(
      entries.map(([name, field]) => {
        const { data = {}, error } = schema.safeParse(field, { reportInput: true });
        for (const { type, loc, msg, input } of validationEntries(name, error?.issues ?? [])) {
          issues.push({ code: 'custom', params: { type }, message: msg, path: [...loc], input });
        }
        return [name, data];
      }),
    );
  });
  // What the conditions are cannot be seen in a transform.
  return filter.meta({ additionalProperties: described });
}

const collection = z.object({
  deployment_name: shortText,
  collection: shortText.optional(),
});

const page = collection.extend({
  filter: filterOf(conditions).nullish(),
  order_by: shortText.nullish(),
  offset: z.int().min(0).max(1000).nullish(),
  page_size: z.int().min(1).nullish(),
  page_token: shortText.nullish(),
});

/** Body of `PUT /api/v1/beta/agent-data/{item_id}`. */
export const updateAgentDataBody = z.object({ data: storableObject });

/** Body of `POST /api/v1/beta/agent-data`. */
export const createAgentDataBody = collection.extend(updateAgentDataBody.shape);

/** Body of `POST /api/v1/beta/agent-data/:search`. */
export const searchAgentDataBody = page.extend({ include_total: z.boolean().optional() });

/** Body of `POST /api/v1/beta/agent-data/:aggregate`. */
export const aggregateAgentDataBody = page.extend({
  group_by: z.array(shortText).max(32).nullish(),
  count: z.boolean().nullish(),
  first: z.boolean().nullish(),
});

/**
 * Body of `POST /api/v1/beta/agent-data/:delete`. A misspelt key or a field without an operator
 * is refused, since passing over it would delete more than was meant.
 */
export const deleteAgentDataBody = z.strictObject({
  ...collection.shape,
  filter: filterOf(
    conditions.refine((field) => Object.keys(field).length > 0, {
      error: 'Give at least one operator, or leave the field out',
    }),
  ).nullish(),
});
