import { bindContext } from '../context/contextSnapshot.ts';
import { NetworkError } from '../errors.ts';
import { Roster } from './roster.ts';

/** Something that a connection has to see through to its end, or to cut short when it is closed. */
export interface UnderWay {
  /** Whether it is on the wire; what is not is cut at once when the connection is closed. */
  sent(): boolean;
  /** Ends it with an error for its subscriber. Called in the async context in which the work began. */
  cut(): void;
}

/** What is under way on a connection, and whether more may come. */
export class Lifetime {
  readonly #underWay = new Roster<UnderWay>();
  readonly #waiting = new Set<() => void>();
  readonly #atTheEnd = new Roster<() => void>();
  #closed = false;

  /** Whether the connection was closed, so that nothing more is sent. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Takes note of what begins. The function that it returns takes note of its end. */
  begin(work: UnderWay): () => void {
    const cut = bindContext(() => work.cut());
    const remove = this.#underWay.add({ sent: () => work.sent(), cut });
    return () => {
      if (remove() && this.#underWay.size === 0) {
        for (const drained of this.#waiting) {
          drained();
        }
        this.#endSoon();
      }
    };
  }

  /**
   * Calls `end` once the connection was closed and nothing is under way any more, in the async context of the caller.
   * The function that it returns takes that back.
   */
  atTheEnd(end: () => void): () => void {
    const leave = this.#atTheEnd.add(bindContext(end));
    this.#endSoon();
    return () => void leave();
  }

  /** Lets nothing begin any more, and cuts what was not sent yet. */
  close(): void {
    this.#closed = true;
    this.#cut((work) => !work.sent());
    this.#endSoon();
  }

  /** Cuts all that is under way. */
  cutAll(): void {
    this.#cut(() => true);
  }

  /**
   * Calls `drained` once nothing is under way, at once if so already, in the async context of the caller. The function
   * that it returns takes that back.
   */
  whenDrained(drained: () => void): () => void {
    if (this.#underWay.size === 0) {
      drained();
      return () => undefined;
    }
    const waiting = bindContext(drained);
    this.#waiting.add(waiting);
    return () => this.#waiting.delete(waiting);
  }

  #endSoon(): void {
    if (!this.#closed || this.#atTheEnd.size === 0) {
      return;
    }
    // Later, as the last answer is passed on only after it is no longer under way.
    setImmediate(() => {
      while (this.#underWay.size === 0 && this.#atTheEnd.size > 0) {
        this.#atTheEnd.shift()?.();
      }
    });
  }

  #cut(which: (work: UnderWay) => boolean): void {
    for (const work of this.#underWay.members().filter(which)) {
      work.cut();
    }
  }
}

/** The error of a request that a closed connection does not send, or, where it has `begun` to, does not wait for. */
export function shutdownError(route: string, begun: boolean): NetworkError {
  const what = begun
    ? 'close() ended it before its answer was whole'
    : 'the connection is closed and sends nothing more. Make a new one with connect()';
  return new NetworkError(`${route}: ${what}`, { route, kind: 'shutdown', ambiguous: begun });
}
