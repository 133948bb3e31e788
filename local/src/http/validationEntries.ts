import type { core } from 'zod';
import type { ProblemEntry } from './apiProblem.ts';

/** What the service calls a value of this kind: in the type of a problem, and in its message. */
const kinds: Readonly<Record<string, { readonly type: string; readonly noun: string }>> = {
  string: { type: 'string', noun: 'string' },
  number: { type: 'float', noun: 'number' },
  int: { type: 'int', noun: 'integer' },
  boolean: { type: 'bool', noun: 'boolean' },
  array: { type: 'list', noun: 'list' },
  object: { type: 'dict', noun: 'dictionary' },
  record: { type: 'dict', noun: 'dictionary' },
};

/** Why a value is wrong, without the place: that is the same for every kind of issue. */
function explain(issue: core.$ZodIssue): { readonly type: string; readonly msg: string } {
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.input === undefined) {
        return { type: 'missing', msg: 'Field required' };
      }
      const { type, noun } = kinds[issue.expected] ?? {
        type: issue.expected,
        noun: issue.expected,
      };
      return { type: `${type}_type`, msg: `Input should be a valid ${noun}` };
    }
    case 'invalid_value':
      return { type: 'literal_error', msg: `Input should be ${alternatives(issue.values)}` };
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return tooBig(issue);
    case 'custom': {
      const type: unknown = issue.params?.type;
      return { type: typeof type === 'string' ? type : 'value_error', msg: issue.message };
    }
    default:
      return { type: issue.code, msg: issue.message };
  }
}

function tooSmall(issue: core.$ZodIssueTooSmall) {
  const least = String(issue.minimum);
  switch (issue.origin) {
    case 'string':
      return {
        type: 'string_too_short',
        msg: `String should have at least ${least} character${least === '1' ? '' : 's'}`,
      };
    case 'array':
      return {
        type: 'too_short',
        msg: `List should have at least ${least} item${least === '1' ? '' : 's'}`,
      };
    default:
      return {
        type: 'greater_than_equal',
        msg: `Input should be greater than or equal to ${least}`,
      };
  }
}

function tooBig(issue: core.$ZodIssueTooBig) {
  const most = String(issue.maximum);
  switch (issue.origin) {
    case 'string':
      return { type: 'string_too_long', msg: `String should have at most ${most} characters` };
    case 'array':
      return { type: 'too_long', msg: `List should have at most ${most} items` };
    default:
      return { type: 'less_than_equal', msg: `Input should be less than or equal to ${most}` };
  }
}

function alternatives(values: readonly unknown[]): string {
  const quoted = values.map((value) => `'${String(value)}'`);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
}

/** Zod's issues as the entries of a 422 answer; `place` is `'body'`, `'query'` or `'header'`. */
export function validationEntries(
  place: string,
  issues: readonly core.$ZodIssue[],
): readonly ProblemEntry[] {
  return issues.flatMap((issue) => {
    const at = [place, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      // Of several possible shapes the one that fits best is the one the caller meant.
      const closest = issue.errors.reduce((best, next) =>
        next.length < best.length ? next : best,
      );
      return validationEntries(place, closest).map((entry) => ({
        ...entry,
        loc: [...at, ...entry.loc.slice(1)],
      }));
    }
    const { type, msg } = explain(issue);
    return [
      issue.input === undefined
        ? { type, loc: at, msg }
        : { type, loc: at, msg, input: issue.input },
    ];
  });
}
