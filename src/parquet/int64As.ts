import { ResponseError } from '../errors.ts';
import { isRecord } from '../types/isRecord.ts';

/** How 64-bit integers come: as they are, as numbers where these are exact, or as their digits. */
export type Int64Form = 'bigint' | 'number' | 'string';

/**
 * Gives the 64-bit integers in a value of a column another form, also those in lists and nested fields.
 *
 * @throws ResponseError for one that a number cannot hold, where numbers are wanted.
 */
export function int64As(form: Int64Form): (value: unknown, column: string) => unknown {
  if (form === 'bigint') {
    return (value) => value;
  }
  const convert = (value: unknown, column: string): unknown => {
    if (typeof value === 'bigint') {
      const number = Number(value);
      if (form === 'number' && !Number.isSafeInteger(number)) {
        throw new ResponseError(
          `The column ${JSON.stringify(column)} has the integer ${value}, which no number holds exactly. ` +
            "Take int64: 'string' or 'bigint'",
          { kind: 'parse' },
        );
      }
      return form === 'number' ? number : String(value);
    }
    if (Array.isArray(value)) {
      return value.map((part: unknown) => convert(part, column));
    }
    if (isRecord(value) && Object.getPrototypeOf(value) === Object.prototype) {
      return Object.fromEntries(
        Object.entries(value).map(([name, part]) => [name, convert(part, column)]),
      );
    }
    return value;
  };
  return convert;
}
