import type { DatabaseSync } from 'node:sqlite';
import { load } from 'sqlite-vec';

const loaded = new WeakMap<DatabaseSync, boolean>();

/**
 * Loads sqlite-vec into a database that was opened with `allowExtension: true`, and says whether
 * that worked. Where its prebuilt library does not run (musl, for one), vector search reads all
 * vectors of an index instead: the same results, slower.
 */
export function loadVectorExtension(db: DatabaseSync): boolean {
  let isLoaded = true;
  try {
    db.enableLoadExtension(true);
    load(db);
  } catch {
    isLoaded = false;
  } finally {
    db.enableLoadExtension(false);
  }
  loaded.set(db, isLoaded);
  return isLoaded;
}

/** Whether {@link loadVectorExtension} has succeeded on this connection. */
export function hasVectorExtension(db: DatabaseSync): boolean {
  return loaded.get(db) === true;
}
