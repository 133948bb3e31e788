import { on, once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ChatEvent } from '../../../src/types/chat.ts';
import { slots } from '../documents/slots.ts';
import { programFile } from '../processes/programFile.ts';
import type { AgentMessage, AgentTask, AgentWorkerData } from './agentWorker.ts';
import type { TurnMeter } from './turnMeter.ts';

/** What {@link createAgentThreads} accepts. */
export interface AgentThreadsConfig extends AgentWorkerData {
  /**
   * Turns that are answered at a time, each in a thread of its own.
   *
   * @defaultValue 2, or 1 where there is one core
   */
  readonly threads?: number | undefined;
  /**
   * Time that one turn may take, in milliseconds, from the moment its thread begins.
   *
   * @defaultValue 30_000
   */
  readonly limitMs?: number | undefined;
}

/** Answers from documents outside the thread that serves requests. */
export interface AgentThreads {
  /**
   * Answers a message as `extractiveAgent` does, and counts in `meter` what it took. Turns wait for
   * their thread; nothing bounds the queue.
   *
   * Throws when the search fails, when the turn takes longer than it may, and the reason of
   * `signal` once that is aborted; the work stops then.
   */
  answer(
    task: AgentTask,
    meter: TurnMeter,
    signal: AbortSignal,
  ): AsyncGenerator<ChatEvent, void, undefined>;
  /** Ends the threads; turns under way and turns that wait throw an `AbortError`. */
  close(): Promise<void>;
}

/** Memory that a thread's objects may take; what agents read is bounded to passages. */
const resourceLimits = { maxOldGenerationSizeMb: 1_024 };

/**
 * Creates the threads in which the extractive agent works. Each starts with the first turn that
 * needs it and stays for the next ones; it never keeps the process alive while it has nothing to do.
 */
export function createAgentThreads(config: AgentThreadsConfig): AgentThreads {
  const { searchFile, threads = Math.min(2, availableParallelism()), limitMs = 30_000 } = config;
  const closed = new AbortController();
  const acquire = slots(threads);
  const idle: Worker[] = [];
  const running = new Set<Worker>();

  async function start(stop: AbortSignal): Promise<Worker> {
    const thread = new Worker(programFile('agentWorker', import.meta.url), {
      workerData: { searchFile } satisfies AgentWorkerData,
      execArgv: [],
      resourceLimits,
    });
    running.add(thread);
    thread.once('exit', () => {
      running.delete(thread);
      const place = idle.indexOf(thread);
      if (place !== -1) {
        idle.splice(place, 1);
      }
    });
    // Its first message says that it has started; the time limit is for turns alone.
    try {
      await once(thread, 'message', { signal: stop });
    } catch (cause) {
      await thread.terminate();
      throw cause;
    }
    return thread;
  }

  return {
    async *answer(task, meter, signal) {
      const stop = AbortSignal.any([closed.signal, signal]);
      const release = await acquire(stop);
      try {
        stop.throwIfAborted();
        const thread = idle.pop() ?? (await start(stop));
        thread.ref();
        let isDone = false;
        const timeout = AbortSignal.timeout(limitMs);
        try {
          yield* eventsOf(thread, task, meter, AbortSignal.any([stop, timeout]));
          isDone = true;
        } catch (cause) {
          isDone = cause instanceof TurnFailure;
          stop.throwIfAborted();
          throw timeout.aborted ? tooLong(limitMs) : cause;
        } finally {
          if (isDone) {
            thread.unref();
            idle.push(thread);
          } else {
            await thread.terminate();
          }
        }
      } finally {
        release();
      }
    },
    async close() {
      closed.abort();
      await Promise.all([...running].map((thread) => thread.terminate()));
    },
  };
}

/** A turn that broke off in a thread that is sound. */
class TurnFailure extends Error {}

function tooLong(limitMs: number): Error {
  return new Error(
    `The answer was given up after ${limitMs / 1_000} s: ask about less at a time, or of fewer indexes`,
  );
}

/** The events of a turn. Throws `TurnFailure` as the turn does, and when the thread dies or `signal` is aborted. */
async function* eventsOf(
  thread: Worker,
  task: AgentTask,
  meter: TurnMeter,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent, void, undefined> {
  const messages = on(thread, 'message', { signal, close: ['exit'] });
  thread.postMessage(task);
  for await (const [message] of messages as AsyncIterable<[AgentMessage]>) {
    if ('event' in message) {
      yield message.event;
      continue;
    }
    Object.assign(meter, message.meter);
    if (message.failure !== undefined) {
      throw new TurnFailure(message.failure);
    }
    return;
  }
  throw new Error('The thread that looked for the answer has ended');
}
