/** The latest ids, as many as `most`; older ones are forgotten. */
export class RecentIds {
  readonly #most: number;
  readonly #ids = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size > this.#most) {
      const [oldest = id] = this.#ids;
      this.#ids.delete(oldest);
    }
  }
}
