import type { ChatEvent, StopEvent } from '../../../src/types/chat.ts';
import type { AgentTools } from './agentTools.ts';
import { extractiveAgent } from './extractiveAgent.ts';
import { llmAgent } from './llmAgent.ts';
import type { LlmConfig } from './llmConfig.ts';
import type { TurnMeter } from './turnMeter.ts';

/** A message to the agent and what it may use to answer. */
export interface Turn {
  readonly question: string;
  /** What was said in the turns before this one, oldest first. */
  readonly history: readonly ChatEvent[];
  readonly tools: AgentTools;
  /** Answers with this language model; without one sentences are quoted. */
  readonly model?: LlmConfig | undefined;
  /** Ends the turn early, with a `stop` that says so. */
  readonly signal: AbortSignal;
}

/**
 * Answers one message. Emits what the agent thinks, does and says, and as the last event exactly
 * one `stop`, with what the turn took. Never throws: a turn that fails ends with `is_error`.
 */
export async function* runTurn(turn: Turn): AsyncGenerator<ChatEvent, void> {
  const { model, signal } = turn;
  const meter: TurnMeter = { turns: 0, inputTokens: 0, outputTokens: 0 };
  const started = performance.now();
  let error: string | null = null;
  try {
    const agent =
      model === undefined ? extractiveAgent(turn, meter) : llmAgent({ ...turn, model }, meter);
    for await (const event of agent) {
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
