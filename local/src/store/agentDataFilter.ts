import { toJson } from '../../../src/types/toJson.ts';
import type { AgentDataConditions, FieldConditions, FieldValue } from '../schemas/agentData.ts';
import { columnNamed, fieldPath } from './agentDataField.ts';
import type { SqlFragment } from './sqlFragment.ts';
import { joinSql, sqlFragment } from './sqlFragment.ts';

/**
 * Holds for the records that meet all conditions.
 *
 * Names are fields of `data`, dots lead into nested objects. `created_at` and `updated_at` are
 * the record's own times where its data has no such field. Numbers compare with numbers, by
 * size, and text with text, by code point; `true` and `false` count as 1 and 0. A field that is
 * missing or null meets only `eq: null` and an `includes` that lists null, and nothing is more
 * or less than null.
 */
export function agentDataFilter(filter: AgentDataConditions): SqlFragment {
  const data = sqlFragment`data`;
  return joinSql(
    [
      sqlFragment`TRUE`,
      ...Object.entries(filter).map(([name, conditions]) => {
        const path = fieldPath(name);
        const inData = allHold(data, path, conditions);
        const column = /^(?:created|updated)_at$/.test(name) ? columnNamed(name) : undefined;
        return column === undefined
          ? inData
          : sqlFragment`
              CASE WHEN json_type(data, ${path}) IS NULL
                THEN ${allHold(sqlFragment`json_array(${column})`, '$[0]', inUtc(conditions))}
                ELSE ${inData} END`;
      }),
    ],
    ' AND ',
  );
}

/** Holds where the value at `path` of the JSON document meets all conditions. */
function allHold(document: SqlFragment, path: string, conditions: FieldConditions): SqlFragment {
  const { eq, ne, gt, gte, lt, lte, includes, excludes } = conditions;
  const value = sqlFragment`(${document} ->> ${path})`;
  const comparable = (bound: FieldValue): SqlFragment =>
    typeof bound === 'string'
      ? sqlFragment`json_type(${document}, ${path}) = 'text'`
      : sqlFragment`json_type(${document}, ${path}) IN ('integer', 'real', 'true', 'false')`;
  // As JSON on both sides, since integers of more than 53 bits are read alike only by SQLite.
  const bound = (limit: FieldValue): SqlFragment => sqlFragment`(${toJson(limit)} ->> '$')`;

  const parts = [sqlFragment`TRUE`];
  if (eq !== undefined) {
    parts.push(isOneOf(document, path, [eq]));
  }
  if (ne !== undefined) {
    parts.push(sqlFragment`NOT ${isOneOf(document, path, [ne])}`);
  }
  if (gt !== undefined) {
    parts.push(sqlFragment`${value} > ${bound(gt)} AND ${comparable(gt)}`);
  }
  if (gte !== undefined) {
    parts.push(sqlFragment`${value} >= ${bound(gte)} AND ${comparable(gte)}`);
  }
  if (lt !== undefined) {
    parts.push(sqlFragment`${value} < ${bound(lt)} AND ${comparable(lt)}`);
  }
  if (lte !== undefined) {
    parts.push(sqlFragment`${value} <= ${bound(lte)} AND ${comparable(lte)}`);
  }
  if (includes !== undefined) {
    parts.push(holdsOneOf(document, path, includes));
  }
  if (excludes !== undefined) {
    parts.push(sqlFragment`NOT ${holdsOneOf(document, path, excludes)}`);
  }
  // In brackets, since SQLite limits how long one chain of conditions may be.
  return sqlFragment`(${joinSql(parts, ' AND ')})`;
}

/** Holds where the value is one of `values`; neither holds nor fails where it is missing. */
function isOneOf(document: SqlFragment, path: string, values: readonly FieldValue[]): SqlFragment {
  // Values are compared as JSON, in which text is never equal to a number or an object.
  const json = sqlFragment`nullif(${document} -> ${path}, 'null')`;
  const texts = values.flatMap(asJson);
  const listed = sqlFragment`${json} IN (SELECT value FROM json_each(${JSON.stringify(texts)}))`;
  return values.includes(null)
    ? sqlFragment`(${json} IS NULL OR ${listed})`
    : sqlFragment`(${listed})`;
}

/** Holds where the value is one of `values`, or is a list in which there is one of them. */
function holdsOneOf(
  document: SqlFragment,
  path: string,
  values: readonly FieldValue[],
): SqlFragment {
  const listed = sqlFragment`atom IN (SELECT value FROM json_each(${toJson(values)}))`;
  const found = values.includes(null) ? sqlFragment`(${listed} OR type = 'null')` : listed;
  return sqlFragment`
    CASE json_type(${document}, ${path})
      WHEN 'array' THEN EXISTS (SELECT 1 FROM json_each(${document}, ${path}) WHERE ${found})
      ELSE ${isOneOf(document, path, values)} END`;
}

/** The JSON texts of what is equal to `value`, apart from null. */
function asJson(value: FieldValue): string[] {
  switch (value) {
    case null:
      return [];
    case 0:
      return ['0', 'false'];
    case 1:
      return ['1', 'true'];
    default:
      return [...new Set([toJson(value), ...otherSpelling(value)])];
  }
}

/** Large integers are written with all their digits or with an exponent. */
function otherSpelling(value: FieldValue): string[] {
  if (typeof value === 'number') {
    return Number.isInteger(value) ? [String(BigInt(value))] : [];
  }
  const rounded = Number(value);
  return typeof value === 'bigint' && BigInt(rounded) === value ? [toJson(rounded)] : [];
}

/** The conditions with their points in time written as the server writes its own. */
function inUtc(conditions: FieldConditions): FieldConditions {
  const { eq, ne, gt, gte, lt, lte, includes, excludes } = conditions;
  return {
    eq: utc(eq),
    ne: utc(ne),
    gt: utc(gt),
    gte: utc(gte),
    lt: utc(lt),
    lte: utc(lte),
    includes: includes?.map(utc),
    excludes: excludes?.map(utc),
  };
}

/** ISO 8601 with or without a zone (UTC then) as UTC text; any other value as it is. */
function utc<T>(value: T): T | string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d/.test(value)) {
    return value;
  }
  const zoned = !value.includes('T') || /(?:z|[+-]\d\d(?::?\d\d)?)$/i.test(value);
  const time = new Date(zoned ? value : `${value}Z`);
  return Number.isNaN(time.getTime()) ? value : time.toISOString();
}
