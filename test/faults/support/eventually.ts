import { setTimeout as wait } from 'node:timers/promises';

/** Patience with what should have happened at once, in milliseconds; machines are shared. */
const PATIENCE = 5_000;

/**
 * Resolves once `check` throws no more; rejects with what it throws at the end. Holds no timer while it checks, so that
 * timers can be counted there.
 */
export async function eventually(check: () => void): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    try {
      check();
      return;
    } catch (error) {
      if (performance.now() > deadline) {
        throw error;
      }
    }
    await wait(2);
  }
}
