/** What surrounds the demo: where it runs, which files it is given, how it ends. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  catchError,
  concat,
  EMPTY,
  EmptyError,
  lastValueFrom,
  type MonoTypeOperatorFunction,
  type Observable,
  ReplaySubject,
  takeUntil,
} from 'rxjs';
import { connect, type Connection } from 'rx-llamacloud';
import { startLocalCloud } from 'rx-llamacloud-local';

// The first Ctrl-C unsubscribes from whatever is going on, a second one ends the process at once.
const interrupted$ = new ReplaySubject<unknown>(1);
process.once('SIGINT', (signal) => interrupted$.next(signal));

/** Ends a stream when the user presses Ctrl-C. */
export function interruptible<T>(): MonoTypeOperatorFunction<T> {
  return takeUntil(interrupted$);
}

/** What a program has at hand. */
export interface ProgramContext {
  readonly connection: Connection;
  readonly paths: readonly string[];
  /** Notes what is to be done at the end, however it comes, so that nothing is left behind. */
  readonly undo: (step$: Observable<unknown>) => void;
}

/**
 * Runs `body` with the files of a folder, on LlamaCloud when LLAMA_CLOUD_API_KEY is set, else on an embedded
 * cloud. `body` gives a line for each file that was left out. A failure is one sentence and the exit status 1.
 */
export async function program(
  folder: string,
  body: (context: ProgramContext) => Promise<readonly string[]>,
): Promise<void> {
  const steps: Observable<unknown>[] = [];
  try {
    const paths = await filesIn(folder);
    await using cloud = process.env.LLAMA_CLOUD_API_KEY ? undefined : await startLocalCloud();
    const connection = connect(cloud && { baseUrl: cloud.url, token: cloud.token });
    console.log(`${cloud ? 'The embedded cloud' : 'LlamaCloud'} at ${connection.baseUrl}`);
    try {
      const leftOut = await body({ connection, paths, undo: (step$) => steps.unshift(step$) });
      for (const line of leftOut) {
        console.error(`Left out: ${line}`);
      }
      process.exitCode = leftOut.length > 0 ? 1 : 0;
    } finally {
      const all$ = concat(...steps.map((step$) => step$.pipe(catchError(() => EMPTY))));
      await lastValueFrom(all$, { defaultValue: undefined });
    }
  } catch (error) {
    // What `interruptible` ends has no last value.
    if (error instanceof EmptyError) {
      process.exitCode = 130;
      return;
    }
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

async function filesIn(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) {
    throw new Error(`There is no file or folder ${path}.`);
  }
  if (found.isFile()) {
    return [path];
  }
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  if (files.length === 0) {
    throw new Error(`There are no files in ${path}.`);
  }
  return files.map(({ parentPath, name }) => join(parentPath, name)).sort();
}
