import type { GrepMatch } from '../../../src/types/retrieval.ts';
import type { GrepArguments, ReadArguments, RetrieveArguments } from './toolArguments.ts';

/** A passage as the agent sees it: compact enough to be a tool result, exact enough to be cited. */
export interface RetrievedPassage {
  readonly content: string;
  readonly file_id: string;
  readonly file_name: string;
  /** First page the passage is on, 1-based. */
  readonly page_range_start: number;
  /** Last page the passage is on, 1-based. */
  readonly page_range_end: number;
  /** Where the passage starts in the file's text, 0-based, in UTF-16 code units. */
  readonly start_char: number;
  /** Where the passage ends in the file's text, exclusive. */
  readonly end_char: number;
  /** Larger is better; comparable only within one result. */
  readonly score: number;
}

/** First and last page of a stretch of text, 1-based. */
interface PageRange {
  readonly first: number;
  readonly last: number;
}

/**
 * What an agent can do with the indexes of a turn. Both agents, the extractive one and the one
 * that drives a language model, have these and nothing else.
 */
export interface AgentTools {
  /** Resolves to the passages of all indexes that fit the query best, best first. */
  readonly retrieve: (args: RetrieveArguments) => Promise<readonly RetrievedPassage[]>;
  /** Resolves to where the pattern matches in the file, in the order of the text. */
  readonly grep: (args: GrepArguments) => Promise<readonly GrepMatch[]>;
  /** Resolves to a stretch of the file's text. */
  readonly read: (args: ReadArguments) => Promise<string>;
  /** The pages that a stretch of a file's text is on. Not a tool call: it only makes citations exact. */
  readonly pagesOf: (file_id: string, start_char: number, end_char: number) => PageRange;
}
