import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { DocumentError } from './documentError.ts';
import type { ParsedDocument } from './parsedDocument.ts';
import type { ParseAnswer, ParseTask } from './parserProcess.ts';
import { slots } from './slots.ts';

/** What {@link createParserPool} accepts. */
export interface ParserPoolConfig {
  /**
   * How many documents are parsed at a time, each in a process of its own.
   *
   * @defaultValue the number of cores, at most 4
   */
  readonly processes?: number | undefined;
  /**
   * How long one document may take, in milliseconds, from the moment its parsing starts.
   *
   * @defaultValue 300_000
   */
  readonly timeoutMs?: number | undefined;
}

/** Parses documents outside this process. */
export interface ParserPool {
  /**
   * Reads a document as `parseDocument` does. Documents wait their turn; nothing bounds the queue.
   *
   * Rejects with `DocumentError` for a document that cannot be read, that takes longer than the
   * pool allows, or that brings its process down; no other document is touched by any of these.
   * Rejects with the reason of `signal` once that is aborted, and the parsing stops.
   */
  parse(path: string, name: string, signal?: AbortSignal): Promise<ParsedDocument>;
  /** Ends all processes; what is being parsed or waiting rejects with an `AbortError`. */
  close(): Promise<void>;
}

/** An idle process is worth keeping for the next document of a batch, and not for longer. */
const idleMs = 10_000;

/**
 * Creates a pool of parser processes. They start with the first documents, end when idle for ten
 * seconds, and an idle one never keeps this process alive.
 */
export function createParserPool(config: ParserPoolConfig = {}): ParserPool {
  const { processes = Math.min(4, availableParallelism()), timeoutMs = 300_000 } = config;
  const closed = new AbortController();
  const acquire = slots(processes);
  const idle = new Map<ChildProcess, NodeJS.Timeout>();
  const exits = new Map<ChildProcess, Promise<unknown>>();

  function start(): ChildProcess {
    const child = fork(new URL('parserProcess.ts', import.meta.url), {
      // A parser needs no secrets of its parent, no flags meant for it, and not all the memory.
      env: {},
      execArgv: ['--max-old-space-size=2048'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const exit = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
    exits.set(
      child,
      exit.then(() => {
        clearTimeout(idle.get(child));
        idle.delete(child);
        exits.delete(child);
      }),
    );
    return child;
  }

  function reuse(): ChildProcess | undefined {
    const [child] = idle.keys();
    if (child !== undefined) {
      clearTimeout(idle.get(child));
      idle.delete(child);
      child.ref();
      child.channel?.ref();
    }
    return child;
  }

  function rest(child: ChildProcess): void {
    child.unref();
    child.channel?.unref();
    idle.set(child, setTimeout(() => child.kill('SIGKILL'), idleMs).unref());
  }

  async function parse(path: string, name: string, signal?: AbortSignal): Promise<ParsedDocument> {
    const stop = signal === undefined ? closed.signal : AbortSignal.any([closed.signal, signal]);
    const release = await acquire(stop);
    try {
      stop.throwIfAborted();
      const answer = await answerTo({ path, name }, stop);
      if ('document' in answer) {
        return answer.document;
      }
      throw answer.isDocumentsFault ? new DocumentError(answer.failure) : new Error(answer.failure);
    } finally {
      release();
    }
  }

  async function answerTo(task: ParseTask, stop: AbortSignal): Promise<ParseAnswer> {
    const child = reuse() ?? start();
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await ask(child, task, AbortSignal.any([stop, timeout]));
      rest(child);
      return answer;
    } catch (error) {
      child.kill('SIGKILL');
      stop.throwIfAborted();
      const reason = timeout.aborted
        ? `was not parsed within ${timeoutMs / 1_000} s and has been given up: split it up.`
        : 'brought its parser down: it may be damaged, or too large for the memory.';
      throw new DocumentError(`${task.name} ${reason}`, { cause: error });
    }
  }

  return {
    parse,
    async close() {
      closed.abort();
      for (const child of exits.keys()) {
        child.kill('SIGKILL');
      }
      await Promise.all(exits.values());
    },
  };
}

/** Sends a task and waits for its answer. Rejects when the process dies or `signal` is aborted. */
async function ask(
  child: ChildProcess,
  task: ParseTask,
  signal: AbortSignal,
): Promise<ParseAnswer> {
  const settled = new AbortController();
  const options = { signal: AbortSignal.any([signal, settled.signal]) };
  try {
    child.send(task);
    return await Promise.race([
      // The process sends nothing else.
      once(child, 'message', options).then(([answer]) => answer as ParseAnswer),
      once(child, 'exit', options).then(([code, killer]) => {
        throw new Error(`The parser process ended with ${String(code ?? killer)}.`);
      }),
    ]);
  } finally {
    settled.abort();
  }
}
