import type { ChatEvent, StopEvent } from '../../../src/types/chat.ts';
import type { TurnMeter } from './turnMeter.ts';

/**
 * Answers one message: emits every event of the turn but `user_input` and `stop`, and counts what
 * it takes. Stops when `signal` is aborted; throws what made it fail.
 */
export type Agent = (meter: TurnMeter, signal: AbortSignal) => AsyncIterable<ChatEvent>;

/**
 * Lets an agent answer one message. Emits what it thinks, does and says, and as the last event
 * exactly one `stop`, with what the turn took. Never throws: a turn that fails ends with `is_error`,
 * and so does one whose `signal` is aborted.
 */
export async function* runTurn(agent: Agent, signal: AbortSignal): AsyncGenerator<ChatEvent, void> {
  const meter: TurnMeter = { turns: 0, inputTokens: 0, outputTokens: 0 };
  const started = performance.now();
  let error: string | null = null;
  try {
    for await (const event of agent(meter, signal)) {
      signal.throwIfAborted();
      yield event;
    }
  } catch (cause) {
    error = messageOf(signal.aborted ? signal.reason : cause);
  }
  yield stopEvent(error, meter, performance.now() - started);
}

function stopEvent(error: string | null, meter: TurnMeter, duration: number): StopEvent {
  return {
    type: 'stop',
    is_error: error !== null,
    error,
    usage: {
      total_input_tokens: meter.inputTokens,
      total_output_tokens: meter.outputTokens,
      turns: Math.max(1, meter.turns),
      duration_ms: Math.round(duration * 10) / 10,
    },
  };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
