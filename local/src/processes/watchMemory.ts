import { setTimeout as delay } from 'node:timers/promises';
import { memoryOf } from './memoryOf.ts';

/** Between two looks at a process, in milliseconds; a decoder can fill a gigabyte in half a second. */
const interval = process.platform === 'linux' ? 25 : 500;

/**
 * Watches the resident memory of a process until `signal` is aborted, and then resolves to `false`;
 * to `true` as soon as it is larger than `limit` bytes.
 */
export async function watchMemory(
  pid: number,
  limit: number,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    if ((await memoryOf(pid)) > limit) {
      return !signal.aborted;
    }
    await delay(interval, undefined, { signal, ref: false }).catch(() => undefined);
  }
  return false;
}
