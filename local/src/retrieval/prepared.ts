import type { DatabaseSync, StatementSync } from 'node:sqlite';

const most = 64;
const statements = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/**
 * A statement that is compiled once a connection and kept, for what every question asks: to compile the
 * statements of a question takes as long as to run some of them. Only for statements that are run to
 * their end at once, by `get`, `all` or `run`.
 */
export function prepared(db: DatabaseSync, sql: string): StatementSync {
  const kept = statements.get(db) ?? new Map<string, StatementSync>();
  statements.set(db, kept);
  const statement = kept.get(sql) ?? db.prepare(sql);
  kept.delete(sql);
  kept.set(sql, statement);
  const [oldest] = kept.keys();
  if (kept.size > most && oldest !== undefined) {
    // Names of tables are part of some, and indexes come and go.
    kept.delete(oldest);
  }
  return statement;
}
