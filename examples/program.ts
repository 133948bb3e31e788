/** What surrounds the demo: where it runs, how it is stopped, how it ends. */
import { constants } from 'node:os';
import {
  AsyncSubject,
  catchError,
  concat,
  concatMap,
  count,
  defer,
  EMPTY,
  finalize,
  from,
  ignoreElements,
  lastValueFrom,
  type Observable,
  Subject,
  takeUntil,
  timeout,
} from 'rxjs';
import { connect, type Connection, FileError, HttpError, walkFolder } from 'rx-llamacloud';
import type { LocalCloud } from 'rx-llamacloud-local';

/** Which files of the folder are meant: as with `ls`, hidden ones are passed over. */
export const walk = { ignore: ['.*'], followSymlinks: true };

/** Time to remove what was made, in milliseconds. */
const tidyTimeout = 5_000;

/** The end by a signal, with the exit status that shells know it by. */
class Interrupted extends Error {
  readonly status: number;
  constructor(signal: NodeJS.Signals) {
    super(`Ended by ${signal}`);
    this.status = 128 + constants.signals[signal];
  }
}

const interrupted$ = new Subject<never>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // Not `once`: npm passes the Ctrl-C on that the terminal has sent already.
  process.on(signal, () => interrupted$.error(new Interrupted(signal)));
}
// The reader has left, as in `npm start | head`.
process.stdout.on('error', () => interrupted$.error(new Interrupted('SIGPIPE')));

/** Runs a stream to its last value. Ctrl-C unsubscribes from it. */
export function run<T>(stream$: Observable<T>): Promise<T> {
  return lastValueFrom(stream$.pipe(takeUntil(interrupted$)));
}

/** What a program has at hand. */
export interface ProgramContext {
  readonly connection: Connection;
  /** How many files there are to upload. */
  readonly files: number;
  /** Creates something that `remove` takes away at the end, however that comes. */
  readonly make: <T>(
    create$: Observable<T>,
    remove: (made: T) => Observable<unknown>,
  ) => Observable<T>;
  /** Notes a file that the program goes on without. It is named at the end, and the exit status is 1. */
  readonly leaveOut: (file: string, reason: unknown) => void;
}

/**
 * Runs `body` with the files of a folder, on LlamaCloud when LLAMA_CLOUD_API_KEY is set, else on an embedded
 * cloud. A failure is one sentence and the exit status 1.
 */
export async function program(
  folder: string,
  body: (context: ProgramContext) => Promise<void>,
): Promise<void> {
  const removals: Observable<never>[] = [];
  const leftOut: string[] = [];
  try {
    const found$ = from(walkFolder(folder, walk)).pipe(count(({ type }) => type !== 'skipped'));
    const files = await run(found$);
    if (files === 0) {
      throw new Error(`There are no files in ${folder}.`);
    }
    await using cloud = process.env.LLAMA_CLOUD_API_KEY ? undefined : await embeddedCloud();
    const connection = connect(cloud && { baseUrl: cloud.url, token: cloud.token });
    console.log(`${cloud ? 'The embedded cloud' : 'LlamaCloud'} at ${connection.baseUrl}`);
    try {
      await body({
        connection,
        files,
        make: (create$, remove) => removable(create$, remove, removals),
        leaveOut: (file, reason) => leftOut.push(named(file, sentence(reason))),
      });
    } finally {
      const removeAll$ = concat(...removals).pipe(timeout(tidyTimeout), catchError(leftBehind));
      await lastValueFrom(removeAll$, { defaultValue: undefined });
    }
  } catch (error) {
    process.exitCode = error instanceof Interrupted ? error.status : 1;
    if (!(error instanceof Interrupted)) {
      console.error(sentence(error));
    }
  } finally {
    for (const line of leftOut) {
      console.error(`Left out: ${line}`);
      process.exitCode ??= 1;
    }
  }
}

async function embeddedCloud(): Promise<LocalCloud> {
  // Loaded when it is needed: a server takes longer to load than this program.
  const { startLocalCloud } = await import('rx-llamacloud-local');
  return startLocalCloud();
}

/** Creates something when subscribed to, and puts what removes it before the removals that are there. */
function removable<T>(
  create$: Observable<T>,
  remove: (made: T) => Observable<unknown>,
  removals: Observable<never>[],
): Observable<T> {
  return defer(() => {
    // Ctrl-C does not cut this request: without its answer nobody knows what is to be removed.
    const made$ = new AsyncSubject<T>();
    const creation = create$.subscribe(made$);
    removals.unshift(
      made$.pipe(
        catchError(() => EMPTY),
        concatMap((made) => remove(made).pipe(ignoreElements(), catchError(leftBehind))),
        finalize(() => creation.unsubscribe()),
      ),
    );
    return made$;
  });
}

/** Says that something could not be removed. What a 4xx refuses to remove is gone or has ended already. */
function leftBehind(error: unknown): Observable<never> {
  if (!(error instanceof HttpError && error.status < 500)) {
    console.error(`Left behind on the server: ${sentence(error)}`);
    process.exitCode ??= 1;
  }
  return EMPTY;
}

function named(file: string, reason: string): string {
  return reason.includes(file) ? reason : `${file}: ${reason}`;
}

function sentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // That a file cannot be read has nothing to do with the request it was meant for.
  return error instanceof FileError ? message.replace(`${error.route}: `, '') : message;
}
