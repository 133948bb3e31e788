import { filter, type OperatorFunction, scan } from 'rxjs';
import type { ChatEvent, StopEvent } from '../types/chat.ts';

/** What the turns of a conversation took together. */
export interface ChatTotals {
  /** Turns that have ended, the failed ones included. */
  readonly turns: number;
  /** Turns that failed. */
  readonly failed: number;
  /** How often the model was called. */
  readonly modelCalls: number;
  /** Tokens read by the model; `undefined` while no turn has told. */
  readonly inputTokens: number | undefined;
  /** Tokens written by the model; `undefined` while no turn has told. */
  readonly outputTokens: number | undefined;
  /** Time that the agent worked, in milliseconds. */
  readonly durationMs: number;
}

const nothing: ChatTotals = {
  turns: 0,
  failed: 0,
  modelCalls: 0,
  inputTokens: undefined,
  outputTokens: undefined,
  durationMs: 0,
};

/**
 * What the conversation has taken so far, after the end of each turn: one emission for one turn, sums for several. The
 * service tells usage at the end of a turn only.
 *
 * ```text
 * source:  a-b-s-c-s|     s: stop of 10 tokens
 * result:  ----x---y|     x: 10 tokens, y: 20
 * ```
 *
 * @example
 * ```ts
 * getChatSession(connection, sessionId).pipe(
 *   concatMap(({ events }) => events),
 *   chatUsage(),
 *   last(),
 * );
 * ```
 */
export function chatUsage(): OperatorFunction<ChatEvent, ChatTotals> {
  return (source) =>
    source.pipe(
      filter((event) => event.type === 'stop'),
      scan(add, nothing),
    );
}

function add(totals: ChatTotals, { is_error, usage }: StopEvent): ChatTotals {
  return {
    turns: totals.turns + 1,
    failed: totals.failed + (is_error ? 1 : 0),
    // The contract's default where nothing is said.
    modelCalls: totals.modelCalls + (usage.turns ?? 1),
    inputTokens: sum(totals.inputTokens, usage.total_input_tokens),
    outputTokens: sum(totals.outputTokens, usage.total_output_tokens),
    durationMs: totals.durationMs + (usage.duration_ms ?? 0),
  };
}

function sum(total: number | undefined, more: number | null | undefined): number | undefined {
  return more === null || more === undefined ? total : (total ?? 0) + more;
}
