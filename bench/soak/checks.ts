import type { Quarters } from './memory.ts';
import type { SoakResult } from './runSoak.ts';

/** What a soak is held to, and what is wrong if anything is. */
export interface Check {
  readonly what: string;
  readonly wrong: readonly string[];
}

/** What two medians of the memory may be apart beside a tenth, in bytes: a collected heap, and what comes in steps. */
const noise = { heap: 4 * 2 ** 20, rss: 32 * 2 ** 20 };

/** All that a soak is held to. */
export function checksOf(result: SoakResult): Check[] {
  const { tally, operations, complaints, leftOpen, ledger, seen, before, heap, rss } = result;
  const reached = seen.requests - before.requests;
  const missing = operations.filter((name) => !tally.done.has(name));
  return [
    {
      what: `${operations.length - missing.length} of ${operations.length} operations have succeeded`,
      wrong: missing.map((name) => `${name} never did`),
    },
    {
      what: 'every answer was right, and every error has one of the faults as its reason',
      wrong: tally.surprises,
    },
    {
      what:
        `nothing lost and nothing doubled: ${ledger.kept} things that must be there, ` +
        `${ledger.unknown} of unknown fate`,
      wrong: complaints,
    },
    {
      what: 'no creation was sent again but after 429',
      wrong: seen.repeated,
    },
    {
      what: `${reached} requests reached the cloud, of ${tally.sent} that the connection announced`,
      wrong: reached > tally.sent ? ['some were sent without a word'] : [],
    },
    {
      what: `the heap stays flat: ${sizes(heap)}`,
      wrong: isFlat(heap, noise.heap) ? [] : ['it has grown'],
    },
    {
      what: `the memory of the process stays flat: ${sizes(rss)}`,
      wrong: isFlat(rss, noise.rss) ? [] : ['it has grown'],
    },
    { what: 'no socket, timer, file or request is left open', wrong: leftOpen },
  ];
}

/** Whether the last quarter needs no more than the second; the first one warms up. */
function isFlat([, second, , last]: Quarters, noise: number): boolean {
  return last <= second * 1.1 + noise;
}

function sizes(quarters: Quarters): string {
  return `${quarters.map((bytes) => (bytes / 2 ** 20).toFixed(1)).join(', ')} MiB in its four quarters`;
}

/** A size as people read it. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
