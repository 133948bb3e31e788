/** Gives a slot back. */
export type Release = () => void;

/**
 * Hands out `count` slots, first come, first served. A wait that is aborted ends at once, with
 * nothing to give back.
 */
export function slots(count: number): (signal: AbortSignal) => Promise<Release> {
  const waiting: (() => void)[] = [];
  let free = count;

  const release = (): void => {
    free += 1;
    waiting.shift()?.();
  };
  return (signal) =>
    new Promise((resolve) => {
      const abandon = (): void => {
        waiting.splice(waiting.indexOf(enter), 1);
        resolve(() => undefined);
      };
      const enter = (): void => {
        free -= 1;
        signal.removeEventListener('abort', abandon);
        resolve(release);
      };
      if (signal.aborted) {
        resolve(() => undefined);
      } else if (free > 0) {
        enter();
      } else {
        waiting.push(enter);
        signal.addEventListener('abort', abandon, { once: true });
      }
    });
}
