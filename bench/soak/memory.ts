import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What this process needs at one moment, in bytes. */
interface Sample {
  readonly heap: number;
  readonly rss: number;
}

/** A size in bytes over time: its medians in the four quarters of a run. */
export type Quarters = readonly [number, number, number, number];

/** Samples of this process's memory. */
export class Memory {
  readonly #samples: Sample[] = [];
  readonly #collect: () => void;

  constructor() {
    setFlagsFromString('--expose-gc');
    this.#collect = runInNewContext('gc') as () => void;
  }

  /** Takes one, after everything that nobody needs was let go. */
  sample(): void {
    this.#collect();
    const { heapUsed, rss } = process.memoryUsage();
    this.#samples.push({ heap: heapUsed, rss });
  }

  /** How the heap, or all that the system has given, went. */
  quarters(of: keyof Sample): Quarters {
    const sizes = this.#samples.map((sample) => sample[of]);
    const ofQuarter = (n: number): number =>
      median(sizes.slice((sizes.length * n) / 4, (sizes.length * (n + 1)) / 4));
    return [ofQuarter(0), ofQuarter(1), ofQuarter(2), ofQuarter(3)];
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}
