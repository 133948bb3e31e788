import { headerValues } from './headerValues.ts';
import { parseHttpDate } from './retryAfter.ts';

/** A moment on two clocks of this side: a steady one, which may stand still while the machine sleeps, and that of the day. */
export interface Moment {
  readonly steady: number;
  readonly ofDay: number;
}

/** The server's clock, as the `date` of its last answer has it, which is up to a second behind. */
export class ServerClock {
  readonly #now: () => number;
  #date = '';
  #heard: Moment = { steady: 0, ofDay: 0 };

  /** `now`: a steady clock, in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** This moment, to be asked about later. */
  moment(): Moment {
    return { steady: this.#now(), ofDay: Date.now() };
  }

  /** Takes note of an answer. Reads nothing yet, since hardly anybody asks. */
  note({ date }: { readonly date?: string | string[] | undefined }): void {
    // Of two, one is a gateway's; both are of the same second, give or take what the answer took.
    const first = typeof date === 'string' ? date : date?.[0];
    if (first !== undefined) {
      this.#date = first;
      this.#heard = this.moment();
    }
  }

  /**
   * What it showed at a moment before that answer, in milliseconds since 1970: rather too early, where our two clocks do
   * not agree on how long ago that was. NaN when the server does not tell.
   */
  at({ steady, ofDay }: Moment): number {
    const ago = Math.max(this.#heard.steady - steady, this.#heard.ofDay - ofDay);
    const [date = ''] = headerValues({ date: this.#date }, 'date');
    return parseHttpDate(date) - ago;
  }
}
