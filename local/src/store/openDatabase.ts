import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { SQLTagStore, StatementResultingChanges } from 'node:sqlite';
import type { Clock } from '../clock.ts';
import { createClock } from '../clock.ts';

/** An open SQLite file. */
export interface Database {
  readonly db: DatabaseSync;
  /** Runs a statement written as a tagged template; the values are bound, the statement is kept. */
  readonly sql: SQLTagStore;
  /** Runs `work` so that all its changes are kept or, when it throws, none. Does not nest. */
  transaction<T>(work: () => T): T;
  /** The time of the cloud as it is stored: ISO 8601 in UTC, to the millisecond. */
  readonly timestamp: () => string;
}

/**
 * Opens the file at `path`, creating it if need be, and runs `schema` on it.
 *
 * The write-ahead log lets other connections read while one writes. `synchronous = FULL`
 * makes what was answered survive a loss of power, not only a killed process. What is stored bears the
 * time of `clock`, by default the machine's.
 */
export function openDatabase(path: string, schema: string, clock: Clock = createClock()): Database {
  // Whoever else locks the database makes the whole server wait, so that it soon gives up.
  const db = new DatabaseSync(path, { timeout: 1_000 });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  // SQLite folds the case of ASCII only.
  db.function('fold', { deterministic: true }, (value) =>
    typeof value === 'string' ? value.toLowerCase() : value,
  );
  db.function('uuid', () => randomUUID());
  db.exec(schema);
  return {
    db,
    sql: db.createTagStore(),
    timestamp: () => new Date(clock.now()).toISOString(),
    transaction(work) {
      db.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        db.exec('COMMIT');
        return result;
      } catch (cause) {
        // On a full disk SQLite has done that itself.
        if (db.isTransaction) {
          db.exec('ROLLBACK');
        }
        throw cause;
      }
    },
  };
}

/** How many rows a statement has changed: `rowsChanged(sql.run`UPDATE …`)`. */
export function rowsChanged({ changes }: StatementResultingChanges): number {
  return Number(changes);
}
