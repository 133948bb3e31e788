import type { Subscriber } from 'rxjs';
import type { ActivityEvent } from './activityEvent.ts';

/** Where the events of a connection meet those who listen. Ask `heard` first, and build no event for nobody. */
export class ActivityHub {
  readonly #listeners = new Set<Subscriber<ActivityEvent>>();
  #ended = false;

  /** Whether anybody listens. */
  get heard(): boolean {
    return this.#listeners.size > 0;
  }

  /** Tells everybody. What a listener throws is reported by rxjs, later and not here. */
  announce(event: ActivityEvent): void {
    for (const listener of this.#listeners) {
      listener.next(event);
    }
  }

  listen(listener: Subscriber<ActivityEvent>): void {
    if (this.#ended) {
      listener.complete();
      return;
    }
    this.#listeners.add(listener);
    listener.add(() => this.#listeners.delete(listener));
  }

  /** Completes all who listen, and who will. */
  end(): void {
    this.#ended = true;
    for (const listener of this.#listeners) {
      listener.complete();
    }
  }
}
