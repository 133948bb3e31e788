import { type Observable, Subject } from 'rxjs';
import type { SseMessage } from './sseMessage.ts';

/**
 * The latest messages of one run of a source, numbered from 1. Readers go through it at their own pace, each with
 * the number of the message that it read last; one that has fallen further behind than `keep` messages reads of a
 * gap. What a reader does costs neither memory nor the others.
 */
export class MessageLog {
  readonly #run = crypto.randomUUID().slice(0, 8);
  readonly #added = new Subject<void>();
  readonly #keep: number;
  readonly #kept: SseMessage[] = [];
  #last = 0;
  #ended = false;

  constructor(keep: number) {
    this.#keep = keep;
  }

  /** Emits after each message that was added. */
  get added(): Observable<void> {
    return this.#added;
  }

  /** Adds a message, under an id that names this run and the message's number. */
  append(message: SseMessage): void {
    this.#last += 1;
    this.#kept[this.#slot(this.#last)] = { ...message, id: this.idOf(this.#last) };
    this.#added.next();
  }

  /** Adds the message that nothing follows. */
  end(message: SseMessage): void {
    this.#ended = true;
    this.#last += 1;
    this.#kept[this.#slot(this.#last)] = { ...message, id: `${this.#run}.end` };
    this.#added.next();
  }

  /** Whether the message with this number is the one that nothing follows. */
  isEnd(number: number): boolean {
    return this.#ended && number === this.#last;
  }

  /**
   * The number of the message with this id; `undefined` when it is of another run. Without an id, the number that
   * makes what is kept come next.
   */
  numberOf(lastEventId: string | undefined): number | undefined {
    if (lastEventId === undefined) {
      return this.#beforeOldest();
    }
    const [run, digits] = lastEventId.split('.');
    const number = Number(digits);
    const known = run === this.#run && Number.isInteger(number) && number >= 0;
    return known && number <= this.#last ? number : undefined;
  }

  /** What follows the message with this number: the next one, or the news that it is forgotten already. */
  after(number: number): { readonly message: SseMessage; readonly number: number } | undefined {
    const missed = this.#beforeOldest() - number;
    if (missed > 0) {
      return this.gap(missed);
    }
    const message = number < this.#last ? this.#kept[this.#slot(number + 1)] : undefined;
    return message && { message, number: number + 1 };
  }

  /** The news that messages are missing before what is kept: how many, or `null` when there is no telling. */
  gap(missed: number | null): { readonly message: SseMessage; readonly number: number } {
    const number = this.#beforeOldest();
    const data = JSON.stringify({ missed });
    return { message: { type: 'gap', data, id: this.idOf(number) }, number };
  }

  #beforeOldest(): number {
    return Math.max(0, this.#last - this.#keep);
  }

  #slot(number: number): number {
    return (number - 1) % this.#keep;
  }

  /** The id of the message with this number. */
  idOf(number: number): string {
    return `${this.#run}.${number}`;
  }
}
