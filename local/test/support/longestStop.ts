import { setImmediate } from 'node:timers/promises';

/**
 * The longest that this thread computed without looking after anything else while `work` ran, in
 * milliseconds of its own processor time: what other programs of the machine take does not count.
 */
export async function longestStop(work: () => Promise<unknown>): Promise<number> {
  let isDone = false;
  let longest = 0;
  const watch = async (): Promise<void> => {
    let before = process.threadCpuUsage();
    while (!isDone) {
      await setImmediate();
      const { user, system } = process.threadCpuUsage(before);
      before = process.threadCpuUsage();
      longest = Math.max(longest, (user + system) / 1_000);
    }
  };
  const watching = watch();
  try {
    await work();
  } finally {
    isDone = true;
    await watching;
  }
  return longest;
}
