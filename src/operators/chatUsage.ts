import { filter, type OperatorFunction, scan } from 'rxjs';
import type { ChatEvent, ChatUsage, StopEvent } from '../types/chat.ts';
import { countOf } from '../types/countOf.ts';
import { isRecord } from '../types/isRecord.ts';
import { turnFailure } from './chat/turnFailure.ts';

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
 * service tells usage at the end of a turn only. A figure that is missing, `null` or no amount adds nothing.
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

function add(totals: ChatTotals, stop: StopEvent): ChatTotals {
  // Services leave it out, or send `null` for it, whatever the schema says.
  const usage: ChatUsage = isRecord(stop.usage) ? stop.usage : {};
  return {
    turns: totals.turns + 1,
    failed: totals.failed + (turnFailure(stop) === undefined ? 0 : 1),
    // The contract's default where nothing is said.
    modelCalls: totals.modelCalls + (countOf(usage.turns) ?? 1),
    inputTokens: sum(totals.inputTokens, usage.total_input_tokens),
    outputTokens: sum(totals.outputTokens, usage.total_output_tokens),
    durationMs: totals.durationMs + (countOf(usage.duration_ms) ?? 0),
  };
}

function sum(total: number | undefined, told: unknown): number | undefined {
  const more = countOf(told);
  return more === undefined ? total : (total ?? 0) + more;
}
