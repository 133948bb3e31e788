/** Counts what a turn takes while it runs, so that a turn that breaks off is counted too. */
export interface TurnMeter {
  /** Rounds: how often the agent decided what to do next. */
  turns: number;
  /** Tokens that a model has read and written; 0 without one. */
  inputTokens: number;
  outputTokens: number;
}
