import { parseExactly } from '../json/parseExactly.ts';
import type { ProblemEntry } from './apiProblem.ts';
import { ApiProblem, invalid } from './apiProblem.ts';

/** Deepest nesting of a value in a body. What SQLite reads as JSON is 1,000 levels, with more around it in a body. */
const deepest = 1_100;

/**
 * JSON of a request, all of which can be stored and given back: well-formed Unicode, and numbers that are no larger than
 * numbers are. Integers are as `parseExactly` reads them where `integers` is `'exact'`; else those that would lose digits
 * are refused as well.
 *
 * @throws ApiProblem 422 that says what is wrong with it under `place`.
 */
export function parseJson(
  text: string,
  place: readonly string[],
  integers: 'exact' | 'numbers' = 'numbers',
): unknown {
  if (isNestedDeeper(text, deepest)) {
    throw invalid({
      type: 'recursion_limit',
      loc: place,
      msg: `Input should be nested at most ${deepest} levels deep`,
    });
  }
  const value = read(text, place);
  // Half a character can only come as an escape, and most bodies have neither that nor large numbers.
  if (/\\u[dD][89a-fA-F]|\d{16}|[eE]\+?\d{3}/.test(text)) {
    const flaws = [...flawsOf(value, place, integers)];
    if (flaws.length > 0) {
      throw new ApiProblem(422, flaws.slice(0, mostFlaws));
    }
  }
  return value;
}

/** More are not told of. */
const mostFlaws = 20;

function read(text: string, place: readonly string[]): unknown {
  try {
    return parseExactly(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw invalid({ type: 'json_invalid', loc: place, msg: `JSON decode error: ${why}` });
  }
}

/** Looks at brackets only, so that it takes no more memory for a deep text than for a flat one. */
function isNestedDeeper(text: string, levels: number): boolean {
  let depth = 0;
  let isText = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (isText) {
      if (char === '\\') {
        index += 1;
      } else if (char === '"') {
        isText = false;
      }
    } else if (char === '"') {
      isText = true;
    } else if (char === '[' || char === '{') {
      depth += 1;
      if (depth > levels) {
        return true;
      }
    } else if (char === ']' || char === '}') {
      depth -= 1;
    }
  }
  return false;
}

function* flawsOf(
  value: unknown,
  loc: readonly (string | number)[],
  integers: 'exact' | 'numbers',
): Generator<ProblemEntry> {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) {
      yield illFormed(loc);
    }
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) {
      yield { type: 'finite_number', loc, msg: 'Input should be a finite number' };
    }
  } else if (typeof value === 'bigint') {
    if (integers === 'numbers' && BigInt(Number(value)) !== value) {
      yield {
        type: 'int_parsing_size',
        loc,
        msg: 'Input should be an integer of at most 2 ** 53, beyond which digits would be lost; send it as text',
      };
    }
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield* flawsOf(item, [...loc, index], integers);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (!key.isWellFormed()) {
        yield illFormed([...loc, key]);
      }
      yield* flawsOf(item, [...loc, key], integers);
    }
  }
}

function illFormed(loc: ProblemEntry['loc']): ProblemEntry {
  return {
    type: 'string_unicode',
    loc,
    msg: 'Input should be well-formed Unicode; it holds half of a surrogate pair',
  };
}
