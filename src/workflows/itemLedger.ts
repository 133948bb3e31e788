import type { BatchItem, BatchItemStatus } from '../types/batchItems.ts';
import { isFinalStatus } from '../types/finalStatus.ts';

/** What is known of a batch job's items: the status of each by its id, and nothing else. */
export class ItemLedger {
  readonly #statuses = new Map<string, BatchItemStatus>();
  #ended = 0;
  #settled = 0;

  /** How many items are known. */
  get size(): number {
    return this.#statuses.size;
  }

  /** How many of them have ended. */
  get ended(): number {
    return this.#ended;
  }

  /** How many items at the start of the list have all ended, so that it need not be read from there again. */
  get settled(): number {
    return this.#settled;
  }

  /** Notes an item as it stands at a position of the list, 0-based. Returns whether its status is a new one. */
  note({ item_id, status }: BatchItem, position: number): boolean {
    const before = this.#statuses.get(item_id);
    const hasEnded = isFinalStatus(status);
    if (hasEnded && position === this.#settled) {
      this.#settled += 1;
    }
    if (before === status) {
      return false;
    }
    this.#statuses.set(item_id, status);
    this.#ended += Number(hasEnded) - Number(before !== undefined && isFinalStatus(before));
    return true;
  }

  /** Takes back that the list is known to begin with items that have ended. */
  distrustOrder(): void {
    this.#settled = 0;
  }
}
