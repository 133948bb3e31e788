import { parseHttpDate } from './retryAfter.ts';

/** The server's clock, as the `date` of its last answer has it, which is up to a second behind. */
export class ServerClock {
  readonly #now: () => number;
  #date = '';
  #heardAt = 0;

  /** `now`: this side's own clock, in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes note of an answer. Reads nothing yet, since hardly anybody asks. */
  note({ date }: { readonly date?: string | string[] | undefined }): void {
    if (typeof date === 'string') {
      this.#date = date;
      this.#heardAt = this.#now();
    }
  }

  /** What it shows at this time of our own clock, in milliseconds since 1970; NaN when the server does not tell. */
  at(time: number): number {
    return parseHttpDate(this.#date) + time - this.#heardAt;
  }
}
