/** First in, first out. Taking costs the same however long the queue is, unlike `Array.shift`. */
export class Queue<T> {
  #arriving: T[] = [];
  #leaving: Iterator<T, undefined> = [].values();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(value: T): void {
    this.#arriving.push(value);
    this.#size += 1;
  }

  /** The oldest value, in the form of an iterator's result so that `undefined` can be one. */
  shift(): IteratorResult<T, undefined> {
    let next = this.#leaving.next();
    if (next.done && this.#size > 0) {
      this.#leaving = this.#arriving.values();
      this.#arriving = [];
      next = this.#leaving.next();
    }
    if (!next.done) {
      this.#size -= 1;
    }
    return next;
  }
}
