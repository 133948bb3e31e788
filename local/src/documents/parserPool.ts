import type { ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { memoryOf } from '../processes/memoryOf.ts';
import { programFile } from '../processes/programFile.ts';
import { largestReader, runTask, startTaskProcess } from '../processes/taskProcess.ts';
import type { PagePicture } from './drawPages.ts';
import type { ParsedDocument } from './parsedDocument.ts';
import type { ParserTask } from './parserProcess.ts';
import { type Reading, usualReading } from './reading.ts';
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
  /**
   * How much resident memory the process of one document may take, in bytes.
   *
   * @defaultValue 1.5 GiB
   */
  readonly memory?: number | undefined;
}

/** Parses documents outside this process. */
export interface ParserPool {
  /**
   * Reads a document as `parseDocument` does. Documents wait their turn; nothing bounds the queue.
   *
   * Rejects with `DocumentError` for a document that cannot be read, that takes more time or memory than the
   * pool allows, or that brings its process down; no other document is touched by any of these.
   * Rejects with the reason of `signal` once that is aborted, and the parsing stops.
   */
  parse(
    path: string,
    name: string,
    signal?: AbortSignal,
    reading?: Reading,
  ): Promise<ParsedDocument>;
  /** Draws pages, 1-based, as `drawPages` does. Waits, rejects and stops as `parse` does. */
  draw(
    path: string,
    name: string,
    pages: readonly number[],
    signal?: AbortSignal,
  ): Promise<readonly PagePicture[]>;
  /** Ends all processes; what is being parsed or waiting rejects with an `AbortError`. */
  close(): Promise<void>;
}

const program = programFile('parserProcess', import.meta.url);

/** An idle process is worth keeping for the next document of a batch, and not for longer. */
const idleMs = 10_000;

/** A process that takes more than this share of the memory after its document is not kept. */
const largestIdle = 0.25;

/**
 * Creates a pool of parser processes. They start with the first documents, end when idle for ten
 * seconds, and an idle one never keeps this process alive.
 */
export function createParserPool(config: ParserPoolConfig = {}): ParserPool {
  const { processes = Math.min(4, availableParallelism()), timeoutMs = 300_000 } = config;
  const { memory = largestReader } = config;
  const closed = new AbortController();
  const acquire = slots(processes);
  const idle = new Map<ChildProcess, NodeJS.Timeout>();
  const exits = new Map<ChildProcess, Promise<unknown>>();

  function start(): ChildProcess {
    const child = startTaskProcess(program);
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

  /** What a large document leaves behind in a process is not given back. */
  async function restOrEnd(child: ChildProcess): Promise<void> {
    if ((await memoryOf(child.pid ?? 0)) > memory * largestIdle) {
      child.kill('SIGKILL');
    } else if (isAlive(child)) {
      rest(child);
    }
  }

  async function run<Result>(task: ParserTask, signal?: AbortSignal): Promise<Result> {
    const stop = signal === undefined ? closed.signal : AbortSignal.any([closed.signal, signal]);
    const release = await acquire(stop);
    try {
      stop.throwIfAborted();
      const child = reuse() ?? start();
      try {
        return await runTask<Result>(child, task, { limitMs: timeoutMs, memory }, stop);
      } finally {
        if (isAlive(child)) {
          await restOrEnd(child);
        }
      }
    } finally {
      release();
    }
  }

  return {
    parse: (path, name, signal, reading = usualReading) =>
      run<ParsedDocument>({ path, name, reading }, signal),
    draw: (path, name, pages, signal) => run<PagePicture[]>({ path, name, draw: pages }, signal),
    async close() {
      closed.abort();
      for (const child of exits.keys()) {
        // An idle one would not keep this process alive until it has ended.
        child.ref();
        child.kill('SIGKILL');
      }
      await Promise.all(exits.values());
    },
  };
}

function isAlive(child: ChildProcess): boolean {
  return !child.killed && child.exitCode === null && child.signalCode === null;
}
