import type { Database } from './openDatabase.ts';
import { text } from './row.ts';

/** What a data folder remembers about itself. */
export const settingsSchema = `
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`;

/** The setting's value; on a folder that has none, `create()` is stored and returned. */
export function setting({ sql }: Database, name: string, create: () => string): string {
  const row = sql.get`SELECT value FROM settings WHERE name = ${name}`;
  if (row !== undefined) {
    return text(row, 'value');
  }
  const value = create();
  sql.run`INSERT INTO settings (name, value) VALUES (${name}, ${value})`;
  return value;
}
