import { z } from 'zod';
import type { Fault, FaultRule } from './fault.ts';

const count = z.int().min(0);
const carriedOut = z.boolean().optional();
const place = z.union([z.literal(['before-headers', 'in-headers']), count], {
  error: 'expected "before-headers", "in-headers" or a number of bytes of the body',
});

/** The kinds of faults, by the property that tells them apart. */
const kinds = {
  reset: z.strictObject({ reset: place, carriedOut }),
  stall: z.strictObject({ stall: place, carriedOut }),
  drip: z.strictObject({ drip: count.min(1), every: count }),
  contentLength: z.strictObject({
    contentLength: z.int().refine((difference) => difference !== 0, 'expected any number but 0'),
  }),
  body: z.strictObject({
    body: z.literal(['cut-json', 'html', 'empty', 'deep-json']),
    carriedOut,
  }),
  encoding: z.strictObject({
    encoding: z.literal(['bomb', 'stacked', 'corrupt', 'unknown']),
    bytes: count.optional(),
  }),
  redirect: z.strictObject({
    redirect: z.union(
      [
        z.literal(['loop', 'other-origin']),
        z.templateLiteral(['http://', z.string()]),
        z.templateLiteral(['https://', z.string()]),
      ],
      { error: 'expected "loop", "other-origin" or a URL' },
    ),
    status: z.literal([301, 302, 303, 307, 308]).optional(),
    carriedOut,
  }),
  headerBytes: z.strictObject({ headerBytes: count.max(64 * 1024 * 1024) }),
  page: z.strictObject({ page: z.literal(['same-token', 'empty']) }),
  chat: z.strictObject({
    chat: z.literal([
      'end-before-stop',
      'unended-event',
      'bad-json',
      'unknown-type',
      'split-bytes',
      'more-after-stop',
    ]),
  }),
  // Last, for a redirect has a status too.
  status: z.strictObject({
    status: z.int().min(200).max(599),
    retryAfter: z.number().min(0).optional(),
    retryAfterForm: z.literal(['seconds', 'date', 'asctime', 'ms']).optional(),
    headers: z.record(z.string(), z.string()).optional(),
    detail: z.string().optional(),
    carriedOut,
  }),
} satisfies Record<string, z.ZodType<Fault>>;

const rule = z.strictObject({
  route: z
    .string()
    .regex(
      /^(\*|[A-Z]+) \/\S*$/,
      'expected a method and a path, such as "GET /api/v1/beta/directories"',
    ),
  fault: z.unknown(),
  times: z.union([count.min(1), z.literal(Infinity)]).optional(),
  rate: z.number().gt(0).max(1).optional(),
});

/**
 * `value` as a fault.
 *
 * @throws TypeError that says in one sentence what is wrong with it; `place` is what it calls it.
 */
export function parseFault(value: unknown, place = 'fault'): Fault {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const found = Object.entries(kinds).find(([name]) => keys.includes(name));
  if (found === undefined) {
    const names = Object.keys(kinds).join(', ');
    throw new TypeError(`${place}: expected an object with one of ${names}`);
  }
  return parse(found[1], value, place);
}

/** `value` as a rule; otherwise as {@link parseFault}. */
export function parseFaultRule(value: unknown, place = 'rule'): FaultRule {
  const { fault, ...rest } = parse(rule, value, place);
  return { ...rest, fault: parseFault(fault, `${place}.fault`) };
}

/** The content of a faults file, a JSON list of rules; otherwise as {@link parseFault}. */
export function parseFaultRules(text: string, place: string): FaultRule[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`${place} is no JSON: ${why}`, { cause });
  }
  if (!Array.isArray(value)) {
    throw new TypeError(`${place}: expected a list of rules, [{ "route": …, "fault": … }]`);
  }
  return value.map((entry, index) => parseFaultRule(entry, `${place}: rule ${index + 1}`));
}

function parse<S extends z.ZodType>(schema: S, value: unknown, place: string): z.output<S> {
  const result = schema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    const path = issue?.path.join('.') ?? '';
    const message = (issue?.message ?? 'wrong').replace(/^Invalid input: /, '');
    throw new TypeError(`${place}${path === '' ? '' : `.${path}`}: ${message}`);
  }
  return result.data;
}
