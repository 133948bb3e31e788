import type { DatabaseSync } from 'node:sqlite';

/**
 * Runs `work` so that all its changes are kept or, when it throws, none; inside a transaction of
 * the caller, as a part of that.
 */
export function atomically<T>(db: DatabaseSync, work: () => T): T {
  const [begin, commit, rollback] = db.isTransaction
    ? ['SAVEPOINT retrieval', 'RELEASE retrieval', 'ROLLBACK TO retrieval; RELEASE retrieval']
    : ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'];
  db.exec(begin);
  try {
    const result = work();
    db.exec(commit);
    return result;
  } catch (error) {
    db.exec(rollback);
    throw error;
  }
}
