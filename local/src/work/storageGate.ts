import { setTimeout as sleep } from 'node:timers/promises';
import { storageOutage } from './storageOutage.ts';

/** Times of waiting for storage, in milliseconds. */
export interface StoragePatience {
  /** Before the second try; it doubles with each further one. @defaultValue `250` */
  readonly firstMs?: number | undefined;
  /** The longest of them. @defaultValue `15_000` */
  readonly longestMs?: number | undefined;
}

/** Where all work in the background waits while storage fails. */
export interface StorageGate {
  /**
   * Does the work again, after waits that grow, for as long as storage is what fails: a full disk, a database that
   * somebody else has locked. Rejects with every other failure, and with the reason of `signal` once that is aborted.
   */
  run<T>(work: () => T | Promise<T>, signal: AbortSignal): Promise<T>;
}

/**
 * Creates the gate of one cloud. While one work waits, the others do too: each attempt at a locked database keeps the
 * thread for as long as SQLite waits for the lock.
 */
export function createStorageGate({
  firstMs = 250,
  longestMs = 15_000,
}: StoragePatience = {}): StorageGate {
  let waitMs = firstMs;
  // By a clock that nobody sets.
  let closedUntil = -Infinity;

  const close = (reason: string): void => {
    if (waitMs === firstMs) {
      process.stderr.write(`Work in the background waits: ${reason}. It goes on by itself.\n`);
    }
    closedUntil = performance.now() + waitMs;
    waitMs = Math.min(longestMs, waitMs * 2);
  };

  return {
    async run(work, signal) {
      for (;;) {
        signal.throwIfAborted();
        const left = closedUntil - performance.now();
        if (left > 0) {
          await sleep(left, undefined, { ref: false, signal }).catch(() => signal.throwIfAborted());
          continue;
        }
        try {
          const result = await work();
          waitMs = firstMs;
          return result;
        } catch (cause) {
          const reason = storageOutage(cause);
          if (reason === undefined) {
            throw cause;
          }
          signal.throwIfAborted();
          if (closedUntil <= performance.now()) {
            close(reason);
          }
        }
      }
    },
  };
}
