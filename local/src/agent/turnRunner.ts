import type { ChatEvent } from '../../../src/types/chat.ts';
import { appendChatEvent, endChatTurn } from '../store/chatSessions.ts';
import type { Database } from '../store/openDatabase.ts';
import type { StorageGate } from '../work/storageGate.ts';
import { type Agent, runTurn } from './runTurn.ts';

/** What {@link createTurnRunner} works with. */
export interface TurnRunnerConfig {
  readonly database: Database;
  readonly gate: StorageGate;
  /** Aborted when the cloud closes: turns under way end with an error then. */
  readonly closing: AbortSignal;
  /** Takes over the promise of a turn that runs on by itself. */
  readonly background: (work: Promise<unknown>) => void;
}

/** Runs turns to their end, whether somebody listens or not. */
export interface TurnRunner {
  /** Starts a turn that the store has noted as begun; returns its events as they come. */
  readonly start: (sessionId: string, agent: Agent) => ReadableStream<ChatEvent>;
  /** Whether a turn of the session is under way. */
  readonly isRunning: (sessionId: string) => boolean;
  /** Ends the session's turn, if one is under way, with an error of these words. */
  readonly cancel: (sessionId: string, why: string) => void;
}

/**
 * A runner of turns. Complete events are stored as they come, so that nothing is lost when the
 * client goes away; deltas are only passed on. A turn waits while its events cannot be stored.
 */
export function createTurnRunner({
  database,
  gate,
  closing,
  background,
}: TurnRunnerConfig): TurnRunner {
  const running = new Map<string, AbortController>();
  const cancelAll = () => {
    running.forEach((turn) => turn.abort(new Error('The server closed; send the message again')));
  };
  closing.addEventListener('abort', cancelAll, { once: true });

  async function run(
    sessionId: string,
    agent: Agent,
    signal: AbortSignal,
    passOn: (event: ChatEvent) => void,
  ): Promise<void> {
    try {
      for await (const event of runTurn(agent, signal)) {
        if (event.type === 'stop') {
          const end = (): void => endChatTurn(database, sessionId, event);
          if (closing.aborted) {
            // There is no time to wait; the next start ends what was not.
            end();
          } else {
            await gate.run(end, closing);
          }
          // Before the client sees the end: it may send the next message at once.
          running.delete(sessionId);
        } else if (event.type !== 'text_delta' && event.type !== 'thinking_delta') {
          try {
            await gate.run(() => appendChatEvent(database, sessionId, event), signal);
          } catch (cause) {
            if (signal.aborted) {
              // It was ended while it waited for storage; its `stop` comes next.
              continue;
            }
            throw cause;
          }
        }
        passOn(event);
      }
    } finally {
      running.delete(sessionId);
    }
  }

  return {
    start(sessionId, agent) {
      const cancelled = new AbortController();
      running.set(sessionId, cancelled);
      let isHeard = true;
      return new ReadableStream<ChatEvent>({
        start(listener) {
          const passOn = (event: ChatEvent) => {
            if (isHeard) {
              listener.enqueue(event);
            }
          };
          const ended = run(sessionId, agent, cancelled.signal, passOn).then(
            () => {
              if (isHeard) {
                listener.close();
              }
            },
            (cause: unknown) => {
              listener.error(cause);
              throw cause;
            },
          );
          background(ended);
        },
        cancel() {
          isHeard = false;
        },
      });
    },
    isRunning: (sessionId) => running.has(sessionId),
    cancel(sessionId, why) {
      running.get(sessionId)?.abort(new Error(why));
    },
  };
}
