/**
 * How fields are named and found. A path's names are joined by dots and become a quoted JSON
 * path, which is bound like any other value.
 */

import type { SqlFragment } from './sqlFragment.ts';
import { sqlFragment } from './sqlFragment.ts';

/** What a record has beside its data. None of these is ever missing. */
const columns: Readonly<Record<string, SqlFragment>> = {
  id: sqlFragment`id`,
  deployment_name: sqlFragment`deployment_name`,
  collection: sqlFragment`collection`,
  project_id: sqlFragment`project_id`,
  created_at: sqlFragment`created_at`,
  updated_at: sqlFragment`updated_at`,
};

/** The JSON path of a field in a document: `a.b` gives `$."a"."b"`. */
export function fieldPath(name: string): string {
  return `$${name
    .split('.')
    .map((key) => `.${JSON.stringify(key)}`)
    .join('')}`;
}

/** The column that a bare name means, if there is one. */
export function columnNamed(name: string): SqlFragment | undefined {
  return Object.hasOwn(columns, name) ? columns[name] : undefined;
}

/** The name of a field of `data`, without the prefix that tells it from a column. */
export function dataFieldName(name: string): string {
  return name.replace(/^data\./, '');
}
