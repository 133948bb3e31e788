import { z } from 'zod';
import type { AgentDataGroup } from '../../../src/types/agentData.ts';
import type { Positioned } from '../http/positionPage.ts';
import { parseExactly } from '../json/parseExactly.ts';
import type { AgentDataSelection } from './agentData.ts';
import { isSelected, storedObject } from './agentData.ts';
import { dataFieldName, fieldPath } from './agentDataField.ts';
import type { OrderEntry } from './agentDataOrder.ts';
import type { PageWindow, SortKey } from './keyset.ts';
import { comesAfter, namedKeys, sortOrder, sortPosition } from './keyset.ts';
import type { Database } from './openDatabase.ts';
import { number, text, textOrNull } from './row.ts';
import { joinSql, sqlFragment } from './sqlFragment.ts';

const agreedValues = z.array(z.unknown());

/**
 * What groups are sorted by: fields that they are grouped by, `count`, or `created_at`, the
 * creation of their oldest record. Equal groups, and all when there are no entries, are in the
 * order of what they agree in, which does not change while pages are read.
 *
 * Returns the name of an entry that groups do not have, if there is one.
 */
export function groupOrder(
  entries: readonly OrderEntry[],
  groupBy: readonly string[],
): readonly SortKey[] | string {
  const fields = groupBy.map((_, index): SortKey => ({
    value: sqlFragment`agreed ->> ${`$[${index}]`}`,
    descending: false,
    optional: true,
  }));
  // Tells groups apart that sort alike, such as `true` and 1.
  const byText = { value: sqlFragment`agreed`, descending: false, optional: true };
  const bySeq = { value: sqlFragment`seq`, descending: false, optional: true };
  const byCount = { value: sqlFragment`count`, descending: false, optional: false };
  const keys: SortKey[] = [];
  for (const { field, descending } of entries) {
    const key =
      fields[groupBy.indexOf(field)] ??
      fields[groupBy.indexOf(dataFieldName(field))] ??
      (field === 'count' ? byCount : field === 'created_at' ? bySeq : undefined);
    if (key === undefined) {
      return field;
    }
    keys.push({ ...key, descending });
  }
  return [...keys, ...fields, byText];
}

/**
 * A page of the groups of the selected records in the order of `keys`, each with the `json` of
 * its position, the number of its records and the data of the one stored first. Records that
 * lack a field are grouped with those in which it is null. Without `groupBy` there is one group,
 * even of no records.
 */
export function selectAgentDataGroups(
  { db }: Database,
  selection: AgentDataSelection,
  groupBy: readonly string[],
  keys: readonly SortKey[],
  { after, offset, limit }: PageWindow,
): readonly Positioned<Required<AgentDataGroup>>[] {
  const named = namedKeys(keys);
  const order = sortOrder(named.keys);
  // One column for all fields is sorted faster than one for each.
  const agreed = sqlFragment`json_array(${joinSql(
    groupBy.map((field) => sqlFragment`data -> ${fieldPath(field)}`),
    ', ',
  )})`;
  const grouping = groupBy.length === 0 ? sqlFragment`` : sqlFragment`GROUP BY agreed`;
  // `LIMIT -1` keeps the first part from being merged into the second, which would then sort
  // the records with all their data to group them.
  const statement = sqlFragment`
    WITH selected AS (
      SELECT ${agreed} AS agreed, seq FROM agent_data WHERE ${isSelected(selection)} LIMIT -1),
    grouped AS (
      SELECT agreed, count(*) AS count, min(seq) AS seq FROM selected ${grouping}),
    page AS MATERIALIZED (
      SELECT * FROM (SELECT *, ${named.columns} FROM grouped)
      WHERE ${comesAfter(named.keys, after)}
      ORDER BY ${order} LIMIT ${limit} OFFSET ${offset})
    SELECT page.agreed, page.count, json(data) AS first, ${sortPosition(named.keys)} AS position
    FROM page LEFT JOIN agent_data USING (seq) ORDER BY ${order}`;
  return db
    .prepare(statement.text)
    .all(...statement.values)
    .map((row) => {
      const values = agreedValues.parse(parseExactly(textOrNull(row, 'agreed') ?? '[]'));
      return {
        item: {
          group_key: Object.fromEntries(groupBy.map((field, index) => [field, values[index]])),
          count: number(row, 'count'),
          first_item: row.first === null ? null : storedObject(row, 'first'),
        },
        position: text(row, 'position'),
      };
    });
}
