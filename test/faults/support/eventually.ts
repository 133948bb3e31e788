import { setTimeout as wait } from 'node:timers/promises';

/**
 * Resolves once `check` throws no more; rejects with what it throws after `patience` milliseconds. Holds no timer while
 * it checks, so that timers can be counted there.
 */
export async function eventually(check: () => void, patience: number): Promise<void> {
  const deadline = performance.now() + patience;
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
