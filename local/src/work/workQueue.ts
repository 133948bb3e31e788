import type { StorageGate } from './storageGate.ts';

/** Work that waits in a database. */
export interface WorkQueue {
  /** Looks for work; to be called whenever there may be some. Never throws. */
  wake(): void;
}

/** What {@link createWorkQueue} works off. */
export interface WorkQueueSpec<Item, Outcome> {
  /** How many items are worked on at once. */
  readonly atOnce: number;
  /** The next item, so marked that it is not given out again; `undefined` when none waits. */
  readonly take: () => Item | undefined;
  /** Does the work. What is wrong with the item itself is an outcome; a storage that fails is thrown. */
  readonly work: (item: Item) => Promise<Outcome>;
  /** Writes what became of the item. */
  readonly finish: (item: Item, outcome: Outcome) => void | Promise<void>;
  /** Called when nothing more is done with the item, whatever became of it. */
  readonly letGo?: ((item: Item) => void) | undefined;
  readonly gate: StorageGate;
  /** Aborted when the cloud closes: items under way then are not finished, and taken up by the next start. */
  readonly closing: AbortSignal;
  readonly background: (work: Promise<unknown>) => void;
}

/**
 * Works off what waits in a database, several items at once. Storage that fails costs time and nothing else: taking,
 * working and finishing are each done again once it works, and an item that was worked on is not worked on again because
 * its outcome could not be written.
 */
export function createWorkQueue<Item, Outcome>(spec: WorkQueueSpec<Item, Outcome>): WorkQueue {
  const { atOnce, take, work, finish, letGo, gate, closing, background } = spec;
  let active = 0;
  let isLooking = false;
  // Whoever wakes the queue while it looks may have come too late for that look.
  let isWanted = false;

  const wake = (): void => {
    isWanted = true;
    if (!isLooking && !closing.aborted) {
      isLooking = true;
      background(look());
    }
  };

  const look = async (): Promise<void> => {
    try {
      while (isWanted) {
        isWanted = false;
        await fill();
      }
    } finally {
      isLooking = false;
    }
  };

  const fill = async (): Promise<void> => {
    while (active < atOnce && !closing.aborted) {
      const item = await gate.run(take, closing);
      if (item === undefined) {
        return;
      }
      active += 1;
      background(run(item));
    }
  };

  const run = async (item: Item): Promise<void> => {
    try {
      const outcome = await gate.run(() => work(item), closing);
      if (!closing.aborted) {
        await gate.run(() => finish(item, outcome), closing);
      }
    } finally {
      active -= 1;
      letGo?.(item);
      wake();
    }
  };

  return { wake };
}
