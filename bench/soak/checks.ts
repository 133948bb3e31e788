import type { Growth } from './memory.ts';
import type { SoakResult } from './runSoak.ts';

/** What a soak is held to, and what is wrong if anything is. */
export interface Check {
  readonly what: string;
  readonly wrong: readonly string[];
}

/** How far two medians of the memory may be apart: its noise after a full collection, in bytes and as a share. */
const noise = { bytes: 4 * 2 ** 20, share: 0.1 };

/** All that a soak is held to. */
export function checksOf(result: SoakResult): Check[] {
  const { tally, operations, complaints, leftOpen, ledger, seen, heap, rss } = result;
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
      what: `the heap stays flat: ${sizes(heap)}`,
      wrong: isFlat(heap) ? [] : ['it has grown'],
    },
    {
      what: `the memory of the process stays flat: ${sizes(rss)}`,
      wrong: isFlat(rss) ? [] : ['it has grown'],
    },
    { what: 'no socket, timer, file or request is left open', wrong: leftOpen },
  ];
}

function isFlat({ from, to }: Growth): boolean {
  return to <= from * (1 + noise.share) + noise.bytes;
}

function sizes({ from, to }: Growth): string {
  return `${mebibytes(from)} in the second quarter, ${mebibytes(to)} in the last`;
}

/** A size as people read it. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
