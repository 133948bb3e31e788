import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What this process needs at one moment, in bytes. */
interface Sample {
  readonly heap: number;
  readonly rss: number;
}

/** How much memory grew: the medians of the second and of the last quarter of the samples, in bytes. */
export interface Growth {
  readonly from: number;
  readonly to: number;
}

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

  /** Of the heap, or of all that the system has given. */
  growth(of: keyof Sample): Growth {
    const sizes = this.#samples.map((sample) => sample[of]);
    const quarter = Math.ceil(sizes.length / 4);
    return {
      from: median(sizes.slice(quarter, 2 * quarter)),
      to: median(sizes.slice(-quarter)),
    };
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}
