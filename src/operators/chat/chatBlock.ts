import type { ImageAttachment } from '../../types/chat.ts';

interface Spoken<Type extends string> {
  readonly type: Type;
  /** Its place among the blocks, 0-based. Never changes. */
  readonly index: number;
  /** What was said so far. */
  readonly content: string;
  /** Whether it is complete. */
  readonly done: boolean;
}

/** Something that was said: a stretch of the reply, of the reasoning, or the user's message; told apart by `type`. */
export type SpokenBlock = Spoken<'text'> | Spoken<'thinking'> | Spoken<'user_input'>;

/** A use of a tool: the call together with its result. */
export interface ToolBlock {
  readonly type: 'tool';
  /** Its place among the blocks, 0-based. Never changes. */
  readonly index: number;
  readonly callId: string;
  /** The tool's name. */
  readonly name: string;
  /** What the tool was given, by parameter. Empty for a result whose call was never seen. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** `unanswered`: the turn ended without a result. */
  readonly status: 'called' | 'answered' | 'unanswered';
  /** What came back; `undefined` until then. */
  readonly result: unknown;
  /** A picture that came with the result. */
  readonly imageAttachment: ImageAttachment | undefined;
  /** Whether nothing more is to come: every status but `called`. */
  readonly done: boolean;
}

/** One part of a conversation, as it is shown to people. */
export type ChatBlock = SpokenBlock | ToolBlock;
