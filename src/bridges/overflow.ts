import { checkChoice } from '../checks/checkChoice.ts';
import { checkKind } from '../checks/checkKind.ts';

/** How a bridge keeps what a stream emits before the other side has asked for it. */
export interface OverflowConfig {
  /**
   * What becomes of a value that comes when `capacity` values are kept already:
   *
   * - `buffer`: it fails the bridge with an {@link OverflowError} once the kept values are taken.
   * - `latest`: it takes the place of the oldest.
   * - `drop`: it is dropped.
   * - `error`: it fails the bridge with an {@link OverflowError} at once, and the kept values are dropped.
   *
   * @defaultValue `'buffer'`
   */
  readonly strategy?: 'buffer' | 'latest' | 'drop' | 'error' | undefined;
  /**
   * How many values are kept at most, a whole number from 1, or `Infinity` for no limit.
   *
   * @defaultValue `Infinity` for `buffer`, so that nothing is lost and memory grows with the backlog; else 1
   */
  readonly capacity?: number | undefined;
}

/** A stream emitted more than its reader took and its bridge was allowed to keep. */
export class OverflowError extends Error {
  override readonly name = 'OverflowError' as const;
  /** How many values the bridge was allowed to keep. */
  readonly capacity: number;

  constructor(capacity: number) {
    super(
      `The stream emitted while as many values were kept as the capacity allows (${capacity}). ` +
        `Read faster, raise capacity, or choose the strategy 'latest' or 'drop'`,
    );
    this.capacity = capacity;
  }
}

/** A config with nothing left open. @throws TypeError or RangeError naming `bridge` when it cannot be meant. */
export function overflowPlan(
  bridge: string,
  config: OverflowConfig,
): { readonly strategy: 'buffer' | 'latest' | 'drop' | 'error'; readonly capacity: number } {
  checkKind(`${bridge}: config`, config, 'object');
  const { strategy = 'buffer', capacity = strategy === 'buffer' ? Infinity : 1 } = config;
  checkChoice(`${bridge}: strategy`, strategy, ['buffer', 'latest', 'drop', 'error']);
  if (!(capacity >= 1 && (Number.isInteger(capacity) || capacity === Infinity))) {
    throw new RangeError(
      `${bridge}: capacity must be a whole number from 1, or Infinity, got ${capacity}`,
    );
  }
  return { strategy, capacity };
}
