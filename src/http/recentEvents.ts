/**
 * The last events of a stream that may be without end: always the last one, and of those before it as many as fit
 * into at least half of the size that is given, and at most all of it.
 */
export class RecentEvents<T> {
  readonly #half: number;
  // Two halves, the older of which is dropped as a whole: to take events off one by one would cost more than to keep them.
  #older: T[] = [];
  #newer: T[] = [];
  #size = 0;
  #count = 0;

  /** `size`: what the sizes of the kept events add up to at most. */
  constructor(size: number) {
    this.#half = size / 2;
  }

  /** How many events there were in all. */
  get count(): number {
    return this.#count;
  }

  add(event: T, size: number): void {
    if (this.#size + size > this.#half) {
      this.#older = this.#newer;
      this.#newer = [];
      this.#size = 0;
    }
    this.#newer.push(event);
    this.#size += size;
    this.#count += 1;
  }

  /** The kept events, in order. */
  list(): T[] {
    return [...this.#older, ...this.#newer];
  }
}
