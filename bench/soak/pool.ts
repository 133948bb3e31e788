/** Things that steps work on, one step at a time each, so that what a step expects is not changed by another. */
export class Pool<T> {
  readonly #ready: T[] = [];
  /** Things of which a step has lost track: good for being removed only. */
  readonly #worn: T[] = [];

  /** Adds a thing. */
  put(thing: T): void {
    this.#ready.push(thing);
  }

  /** Works with a thing and puts it back. Resolves to false when there is none. */
  async lend(use: (thing: T) => Promise<void>): Promise<boolean> {
    const thing = this.#ready.shift();
    if (thing === undefined) {
      return false;
    }
    try {
      await use(thing);
    } catch (error) {
      this.#worn.push(thing);
      throw error;
    }
    this.#ready.push(thing);
    return true;
  }

  /** Works with a thing for the last time, worn ones first. Resolves to false when there is none. */
  async spend(use: (thing: T) => Promise<void>): Promise<boolean> {
    const thing = this.#worn.shift() ?? this.#ready.shift();
    if (thing === undefined) {
      return false;
    }
    await use(thing);
    return true;
  }

  /** As {@link spend}, with up to `count` things at once. */
  async spendMany(count: number, use: (things: T[]) => Promise<void>): Promise<boolean> {
    const things = this.#ready.splice(0, count);
    if (things.length === 0) {
      return false;
    }
    await use(things);
    return true;
  }
}
