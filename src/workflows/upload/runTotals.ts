import type { SchedulerLike } from 'rxjs';
import type { FanOutUploadEvent, UploadSummary } from '../fanOutUploadEvent.ts';

/** Counts what happens in one run, from now on. */
export class RunTotals<T> {
  readonly #scheduler: SchedulerLike;
  readonly #begun: number;
  readonly #counts = { queued: 0, uploaded: 0, skipped: 0, failed: 0 };
  /** Bytes sent of what is under way. An upload that is sent again counts from 0 again. */
  readonly #loaded = new Map<T, number>();
  #bytes = 0;

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
    this.#begun = scheduler.now();
  }

  /** Takes an event into account; whether it changes the totals. */
  count(event: FanOutUploadEvent<T>): boolean {
    switch (event.type) {
      case 'started':
      case 'throttled':
      case 'summary':
        return false;
      case 'progress':
        this.#bytes += event.loaded - (this.#loaded.get(event.item) ?? 0);
        this.#loaded.set(event.item, event.loaded);
        return true;
      case 'wouldUpload':
        this.#counts.uploaded += 1;
        return true;
      default:
        this.#counts[event.type] += 1;
        this.#loaded.delete(event.item);
        return true;
    }
  }

  /** The totals now. */
  summary(): UploadSummary {
    const elapsed = this.#scheduler.now() - this.#begun;
    const bytesPerSecond = elapsed > 0 ? (this.#bytes * 1000) / elapsed : 0;
    return { type: 'summary', ...this.#counts, bytes: this.#bytes, bytesPerSecond };
  }
}
