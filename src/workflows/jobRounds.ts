import {
  catchError,
  map,
  type Observable,
  type SchedulerLike,
  Subscription,
  takeWhile,
} from 'rxjs';
import { ApiError, type HttpError, JobError, ResponseError } from '../errors.ts';
import { waitAfter } from '../http/patience.ts';
import { steadyClock } from '../http/steadyClock.ts';
import { toJson } from '../types/toJson.ts';
import { type JsonReviver, reviveJson } from '../http/reviveJson.ts';
import { longerWait } from '../http/watchTiming.ts';

/** What a question about several jobs brings to light about one of them. */
export type Sighting<T> =
  | { readonly id: string; readonly job: T }
  | { readonly id: string; readonly missing: HttpError }
  /** A question about these jobs has failed in a way that passes by itself. */
  | { readonly ids: readonly string[]; readonly failed: ApiError };

/** Asks for the jobs with these ids, in as few requests as it can. */
export type Look<T> = (ids: readonly string[]) => Observable<Sighting<T>>;

/** What {@link JobRounds} needs to know of a kind of job. Times in milliseconds. */
export interface JobRoundsSpec<T> {
  /** Names the operation in errors. */
  readonly route: string;
  readonly look: Look<T>;
  /** The job's id. An answer without it is no job, and would be asked for until the end of days. */
  readonly idOf: (job: T) => string;
  /** Whether the job has ended, well or badly. */
  readonly isDone: (job: T) => boolean;
  /** The wait after a round in which something changed. */
  readonly min: number;
  /** The longest wait, after many rounds without a change. */
  readonly max: number;
  /** How long failures that pass by themselves are waited out. */
  readonly patience: number;
  readonly scheduler: SchedulerLike;
  /** The connection's, since jobs are kept as JSON. */
  readonly reviver?: JsonReviver | undefined;
}

/** Who watches jobs. Is told nothing more of a job after `complete` or `gone`, and of none after `error`. */
export interface JobWatching<T> {
  /** The last known state on joining, if there is one, then each one that differs. */
  readonly next: (id: string, job: T) => void;
  /** The state before was the job's last one. */
  readonly complete: (id: string) => void;
  /** The job is not there, or no longer. */
  readonly gone: (id: string, error: JobError<T>) => void;
  /** A question failed for good. Everybody is told the same. */
  readonly error: (error: unknown) => void;
}

/** A job that somebody watches. */
interface WatchedJob<T> {
  watchers: readonly JobWatching<T>[];
  /** The job as JSON: a million split jobs take 1.2 GB like that, and 3.0 GB as objects. `undefined` before it was seen. */
  seen: string | undefined;
  /** Whether the server has said that it does not know the job, when it had not been seen yet. */
  missed: boolean;
  /** Since when every question about it has failed; `undefined` where the last one has not. */
  failing: number | undefined;
}

/** So many questions in a row that fail show that the server is out of order: the others are spared it in this round. */
const OUT_OF_ORDER = 3;

/**
 * Asks about all jobs of one kind that somebody watches, in rounds. Each job is asked for once a round, however many
 * watch it, and leaves the rounds when it has ended or nobody watches it any more. Without jobs there are no rounds
 * and no state.
 *
 * A question that fails in a way that passes by itself is asked again with the next round, and does not keep the others
 * from being answered. When no question has been answered for as long as patience lasts, or none about one of the jobs,
 * everybody is told the error.
 */
export class JobRounds<T> {
  /** Names the operation in errors. */
  readonly route: string;
  readonly #spec: JobRoundsSpec<T>;
  readonly #jobs = new Map<string, WatchedJob<T>>();
  #question = Subscription.EMPTY;
  #timer = Subscription.EMPTY;
  /** When the next round begins; `undefined` while there is none to wait for. */
  #due: number | undefined;
  #asking = false;
  /** Whether the round under way has brought something new, or somebody new has come meanwhile. */
  #changed = false;
  #wait: number;
  /** Until when the server wants to be left alone. */
  #heldUntil = -Infinity;
  /** Since when no question was answered; `undefined` where the last one was. */
  #outage: number | undefined;
  /** The last failure of the round under way, and since when the job has failed that has failed for the longest time. */
  #failure: { readonly error: ApiError; readonly since: number } | undefined;
  #failuresInARow = 0;
  readonly #now: () => number;

  constructor(spec: JobRoundsSpec<T>) {
    this.route = spec.route;
    this.#spec = spec;
    this.#now = steadyClock(spec.scheduler);
    this.#wait = spec.min;
  }

  /** Begins to tell `watcher` of the job. A job that nobody watched so far is asked about with the next round. */
  join(id: string, watcher: JobWatching<T>): void {
    const known = this.#jobs.get(id);
    if (known) {
      known.watchers = [...known.watchers, watcher];
      const job = jobOf(known, this.#spec.reviver);
      if (job !== undefined) {
        watcher.next(id, job);
      }
      return;
    }
    this.#jobs.set(id, { watchers: [watcher], seen: undefined, missed: false, failing: undefined });
    this.#changed = true;
    if (!this.#asking) {
      // Not at once, so that jobs that come together are asked for together.
      const held = this.#heldUntil - this.#now();
      this.#askIn(this.#due === undefined ? 0 : Math.max(this.#spec.min, held));
    }
  }

  /** Tells `watcher` no more of the job. */
  leave(id: string, watcher: JobWatching<T>): void {
    const watched = this.#jobs.get(id);
    if (watched) {
      watched.watchers = watched.watchers.filter((one) => one !== watcher);
      if (watched.watchers.length === 0) {
        this.#drop(id);
      }
    }
  }

  /** The job as it was last seen. */
  lastSeen(id: string): T | undefined {
    const watched = this.#jobs.get(id);
    return watched && jobOf(watched, this.#spec.reviver);
  }

  #askIn(wait: number): void {
    const { scheduler } = this.#spec;
    const due = scheduler.now() + wait;
    if (this.#due === undefined || due < this.#due) {
      this.#timer.unsubscribe();
      this.#due = due;
      this.#timer = scheduler.schedule(() => this.#ask(), wait);
    }
  }

  #ask(): void {
    const { look } = this.#spec;
    this.#due = undefined;
    this.#asking = true;
    this.#changed = false;
    this.#failure = undefined;
    this.#failuresInARow = 0;
    this.#question = look([...this.#jobs.keys()])
      .pipe(
        map((sighting) => this.#read(sighting)),
        catchError((cause: unknown) => {
          throw cause instanceof ApiError ? cause : this.#unreadable(cause);
        }),
        takeWhile((tell) => {
          tell();
          return this.#failuresInARow < OUT_OF_ORDER;
        }),
      )
      .subscribe({
        error: (error: unknown) => this.#fail(error),
        complete: () => this.#endRound(),
      });
  }

  #endRound(): void {
    const { min, max, patience } = this.#spec;
    this.#asking = false;
    if (this.#jobs.size === 0) {
      return;
    }
    this.#wait = this.#changed ? min : longerWait(this.#wait, max);
    if (!this.#failure) {
      this.#askIn(this.#wait);
      return;
    }
    const { error, since } = this.#failure;
    const now = this.#now();
    try {
      const wait = waitAfter(error, { lasted: now - since, patience, wait: this.#wait });
      this.#heldUntil = now + (error.retryAfterMs ?? 0);
      this.#askIn(wait);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** What to tell of a sighting. Only reads it, so that an answer that is no job is an error of the round. */
  #read(sighting: Sighting<T>): () => void {
    if ('failed' in sighting) {
      return () => this.#endure(sighting.ids, sighting.failed);
    }
    const { id } = sighting;
    if ('missing' in sighting) {
      return () => this.#lose(id, sighting.missing);
    }
    const { job } = sighting;
    if (typeof this.#spec.idOf(job) !== 'string') {
      throw new TypeError('The answer has no id.');
    }
    const seen = toJson(job);
    const done = this.#spec.isDone(job);
    return () => this.#tell(id, job, seen, done);
  }

  #unreadable(cause: unknown): ResponseError {
    const { route } = this;
    const message = `${route} answered with something that is not the job`;
    return new ResponseError(message, { route, kind: 'parse', cause });
  }

  #endure(ids: readonly string[], error: ApiError): void {
    const now = this.#now();
    this.#outage ??= now;
    let since = this.#outage;
    for (const id of ids) {
      const watched = this.#jobs.get(id);
      if (watched) {
        watched.failing ??= now;
        since = Math.min(since, watched.failing);
        // To the end, so that those come first in the next round that this one may not have come to.
        this.#jobs.delete(id);
        this.#jobs.set(id, watched);
      }
    }
    this.#failure = { error, since: Math.min(since, this.#failure?.since ?? since) };
    this.#failuresInARow += 1;
  }

  #noteAnswer(watched: WatchedJob<T> | undefined): void {
    this.#failuresInARow = 0;
    this.#outage = undefined;
    if (watched) {
      watched.failing = undefined;
    }
  }

  #tell(id: string, job: T, seen: string, done: boolean): void {
    const watched = this.#jobs.get(id);
    this.#noteAnswer(watched);
    if (!watched || watched.seen === seen) {
      return;
    }
    this.#changed = true;
    watched.seen = seen;
    if (done) {
      this.#drop(id);
    }
    // Those of now: who joins while the others are told has been told on joining.
    for (const watcher of watched.watchers) {
      watcher.next(id, job);
      if (done) {
        watcher.complete(id);
      }
    }
  }

  #lose(id: string, cause: HttpError): void {
    const { route } = this;
    const watched = this.#jobs.get(id);
    this.#noteAnswer(watched);
    if (!watched) {
      return;
    }
    const { seen, watchers, missed } = watched;
    if (seen === undefined && !missed) {
      // A job that was made a moment ago may not have come to every part of the server yet.
      watched.missed = true;
      this.#changed = true;
      return;
    }
    const kind = 'gone';
    const job = jobOf(watched, this.#spec.reviver);
    const error = new JobError(`${route}: there is no job ${id}`, { route, kind, job, cause });
    this.#drop(id);
    watchers.forEach((watcher) => watcher.gone(id, error));
  }

  #fail(error: unknown): void {
    const watchers = new Set([...this.#jobs.values()].flatMap(({ watchers }) => watchers));
    this.#jobs.clear();
    this.#stop();
    watchers.forEach((watcher) => watcher.error(error));
  }

  #drop(id: string): void {
    this.#jobs.delete(id);
    if (this.#jobs.size === 0) {
      this.#stop();
    }
  }

  #stop(): void {
    this.#question.unsubscribe();
    this.#timer.unsubscribe();
    this.#due = undefined;
    this.#asking = false;
    this.#wait = this.#spec.min;
    this.#heldUntil = -Infinity;
    this.#outage = undefined;
  }
}

/** The job as it was last seen. */
function jobOf<T>({ seen }: WatchedJob<T>, reviver: JsonReviver | undefined): T | undefined {
  return seen === undefined ? undefined : (reviveJson(seen, reviver) as T);
}
