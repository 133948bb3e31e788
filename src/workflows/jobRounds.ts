import { catchError, map, type Observable, type SchedulerLike, Subscription } from 'rxjs';
import { ApiError, type HttpError, JobError, ResponseError } from '../errors.ts';
import { longerWait } from '../http/watchTiming.ts';

/** What a question about several jobs brings to light about one of them. */
export type Sighting<T> =
  { readonly id: string; readonly job: T } | { readonly id: string; readonly missing: HttpError };

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
  readonly scheduler: SchedulerLike;
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
}

/**
 * Asks about all jobs of one kind that somebody watches, in rounds. Each job is asked for once a round, however many
 * watch it, and leaves the rounds when it has ended or nobody watches it any more. Without jobs there are no rounds
 * and no state.
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

  constructor(spec: JobRoundsSpec<T>) {
    this.route = spec.route;
    this.#spec = spec;
    this.#wait = spec.min;
  }

  /** Begins to tell `watcher` of the job. A job that nobody watched so far is asked about with the next round. */
  join(id: string, watcher: JobWatching<T>): void {
    const known = this.#jobs.get(id);
    if (known) {
      known.watchers = [...known.watchers, watcher];
      const job = jobOf(known);
      if (job !== undefined) {
        watcher.next(id, job);
      }
      return;
    }
    this.#jobs.set(id, { watchers: [watcher], seen: undefined, missed: false });
    this.#changed = true;
    if (!this.#asking) {
      // Not at once, so that jobs that come together are asked for together.
      this.#askIn(this.#due === undefined ? 0 : this.#spec.min);
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
    return watched && jobOf(watched);
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
    const { look, min, max } = this.#spec;
    this.#due = undefined;
    this.#asking = true;
    this.#changed = false;
    this.#question = look([...this.#jobs.keys()])
      .pipe(
        map((sighting) => this.#read(sighting)),
        catchError((cause: unknown) => {
          throw cause instanceof ApiError ? cause : this.#unreadable(cause);
        }),
      )
      .subscribe({
        next: (tell) => tell(),
        error: (error: unknown) => this.#fail(error),
        complete: () => {
          this.#asking = false;
          this.#wait = this.#changed ? min : longerWait(this.#wait, max);
          if (this.#jobs.size > 0) {
            this.#askIn(this.#wait);
          }
        },
      });
  }

  /** What to tell of a sighting. Only reads it, so that an answer that is no job is an error of the round. */
  #read(sighting: Sighting<T>): () => void {
    const { id } = sighting;
    if ('missing' in sighting) {
      return () => this.#lose(id, sighting.missing);
    }
    const { job } = sighting;
    if (typeof this.#spec.idOf(job) !== 'string') {
      throw new TypeError('The answer has no id.');
    }
    const seen = JSON.stringify(job);
    const done = this.#spec.isDone(job);
    return () => this.#tell(id, job, seen, done);
  }

  #unreadable(cause: unknown): ResponseError {
    const { route } = this;
    const message = `${route} answered with something that is not the job`;
    return new ResponseError(message, { route, kind: 'parse', cause });
  }

  #tell(id: string, job: T, seen: string, done: boolean): void {
    const watched = this.#jobs.get(id);
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
    const job = jobOf(watched);
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
  }
}

/** The job as it was last seen. */
function jobOf<T>({ seen }: WatchedJob<T>): T | undefined {
  return seen === undefined ? undefined : (JSON.parse(seen) as T);
}
