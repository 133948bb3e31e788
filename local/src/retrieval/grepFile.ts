import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { GrepMatch } from '../../../src/types/retrieval.ts';
import type { GrepAnswer, GrepTask } from './grepWorker.ts';
import { programFile } from '../processes/programFile.ts';

/** What a search accepts besides text and pattern. */
interface GrepOptions {
  /**
   * Matches to find, at most.
   *
   * @defaultValue 100
   */
  readonly limit?: number | null | undefined;
  /**
   * UTF-16 units shown before and after each match.
   *
   * @defaultValue 0
   */
  readonly context_chars?: number | null | undefined;
}

/** Searches texts with regular expressions of unknown origin. */
export interface Grep {
  /**
   * Finds where a JavaScript regular expression (Unicode, `^` and `$` at lines) matches; empty
   * matches do not count. Offsets are UTF-16 units of the text, without the context.
   *
   * Rejects with `InvalidPatternError` for what is no regular expression, and with
   * `GrepTimeoutError` when it runs for more than a second.
   */
  grep(text: string, pattern: string, options?: GrepOptions): Promise<GrepMatch[]>;
  /** Ends the thread; searches that wait for it reject. */
  close(): Promise<void>;
}

/** How long a pattern may run, in milliseconds. */
const timeLimit = 1_000;
const defaultLimit = 100;

/**
 * Starts a thread at the first search and keeps it for the next ones, one after the other; it
 * never keeps the process alive while it has nothing to do.
 */
export function createGrep(): Grep {
  const closed = new AbortController();
  let worker: Worker | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  async function search(task: GrepTask): Promise<GrepMatch[]> {
    closed.signal.throwIfAborted();
    const thread = (worker ??= await start());
    thread.ref();
    const timeout = AbortSignal.timeout(timeLimit);
    const answer = await ask(thread, task, AbortSignal.any([closed.signal, timeout])).catch(
      async (error: unknown) => {
        worker = undefined;
        await thread.terminate();
        closed.signal.throwIfAborted();
        throw timeout.aborted ? new GrepTimeoutError(task.pattern) : error;
      },
    );
    thread.unref();
    if ('invalid' in answer) {
      throw new InvalidPatternError(answer.invalid);
    }
    return [...answer.matches];
  }

  return {
    grep(text, pattern, { limit, context_chars } = {}) {
      const context = Math.max(0, context_chars ?? 0);
      const task = { text, pattern, limit: limit ?? defaultLimit, context };
      const result = turn.then(() => search(task));
      turn = result.catch(() => undefined);
      return result;
    },
    async close() {
      closed.abort();
      await turn;
      await worker?.terminate();
    },
  };
}

/** A pattern that is not a regular expression. The message says where it goes wrong. */
export class InvalidPatternError extends Error {
  override readonly name = 'InvalidPatternError' as const;
}

/** A pattern that was stopped, since it tries too many ways to match. */
export class GrepTimeoutError extends Error {
  override readonly name = 'GrepTimeoutError' as const;

  constructor(pattern: string) {
    super(
      `The pattern ${pattern} was stopped after ${timeLimit / 1_000} s: avoid repetitions of repetitions such as (a+)+.`,
    );
  }
}

async function start(): Promise<Worker> {
  const thread = new Worker(programFile('grepWorker', import.meta.url), { execArgv: [] });
  // Its first message says that it has started; the time limit is for patterns alone.
  await once(thread, 'message');
  return thread;
}

/** Sends a task and waits for its answer. Rejects when the thread fails or `signal` is aborted. */
async function ask(thread: Worker, task: GrepTask, signal: AbortSignal): Promise<GrepAnswer> {
  thread.postMessage(task);
  // grepWorker.ts sends nothing else.
  const [answer] = (await once(thread, 'message', { signal })) as [GrepAnswer];
  return answer;
}
