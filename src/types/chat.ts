import type { PageQuery } from './page.ts';
import type { Scope } from './scope.ts';

/** What a run of the agent took. */
export interface ChatUsage {
  /** Tokens read by the model. */
  readonly total_input_tokens?: number | null;
  /** Tokens written by the model. */
  readonly total_output_tokens?: number | null;
  /** How often the model was called. */
  readonly turns?: number;
  /** How long the run took, in milliseconds. */
  readonly duration_ms?: number;
}

/** How a session's last run went. */
export interface ChatRun extends ChatUsage {
  /** Whether it broke off. */
  readonly is_error?: boolean;
  /** What it broke off with. */
  readonly error?: string | null;
  /** The export settings of the indexes that it searched. */
  readonly export_config_ids?: readonly string[] | null;
}

/** A conversation with the agent, without its content. */
export interface ChatSession {
  /** The session's id. */
  readonly session_id: string;
  /** A title made from the first message. */
  readonly generated_title?: string | null;
  /** When it last changed, ISO 8601. Often without a time zone, and then in UTC. */
  readonly last_updated_at: string;
  /** How its last run went. `null` before the first. */
  readonly job_metadata?: ChatRun | null;
  /** The indexes it is bound to. `null` when each message names its own. */
  readonly index_ids?: readonly string[] | null;
}

/** A conversation with all that was said and done in it. */
export interface ChatSessionHistory extends ChatSession {
  /** From the first message on, oldest first. */
  readonly events: readonly ChatEvent[];
}

/** Which sessions to list. */
export interface ListChatSessionsQuery extends Scope, PageQuery {}

/** A session to create. */
export interface CreateChatSessionBody {
  /**
   * Binds it to these indexes, 10 at most; they are fixed once the first message is sent. Left out
   * or `null`, each message names its own.
   */
  readonly index_ids?: readonly string[] | null | undefined;
}

/** What to make a title from. */
export interface GenerateChatSessionTitleBody {
  /** The session's first message. */
  readonly first_message: string;
}

/** A message to the agent. */
export interface StreamChatBody {
  /** The indexes it may search, at least one. */
  readonly index_ids: readonly string[];
  /** What to say, 1,000 characters at most. */
  readonly prompt: string;
}

/** A piece of the agent's reasoning, to be appended to the pieces before it. */
export interface ThinkingDeltaEvent {
  readonly type: 'thinking_delta';
  readonly content: string;
}

/** A piece of the agent's reply, to be appended to the pieces before it. */
export interface TextDeltaEvent {
  readonly type: 'text_delta';
  readonly content: string;
}

/** A finished stretch of reasoning. Repeats its pieces. */
export interface ThinkingEvent {
  readonly type: 'thinking';
  readonly content: string;
}

/** A finished reply. Repeats its pieces: show one or the other. */
export interface TextEvent {
  readonly type: 'text';
  readonly content: string;
}

/** The agent uses a tool. */
export interface ToolCallEvent {
  readonly type: 'tool_call';
  /** Ties the call to its result. */
  readonly call_id: string;
  /** The tool's name. */
  readonly name: string;
  /** What the tool was given, by parameter. */
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Where the picture of a page is. */
export interface ImageAttachment {
  /** The file it shows a page of. */
  readonly source_id: string;
  /** Its path among the attachments of that file. */
  readonly attachment_name: string;
}

/** What a tool gave back. */
export interface ToolResultEvent {
  readonly type: 'tool_result';
  /** The call that it belongs to. */
  readonly call_id: string;
  /** The tool's name. */
  readonly name: string;
  /** What came back; its shape is the tool's own. */
  readonly result: unknown;
  /** A picture that came with it. */
  readonly image_attachment?: ImageAttachment | null;
}

/** The end of a run: the last event of a stream. */
export interface StopEvent {
  readonly type: 'stop';
  /** Whether the run broke off. */
  readonly is_error: boolean;
  /** What it broke off with, else `null`. */
  readonly error: string | null;
  /** What the run took. */
  readonly usage: ChatUsage;
}

/** What the user said. In a session's history only. */
export interface UserInputEvent {
  readonly type: 'user_input';
  readonly content: string;
}

/** One thing that happened in a conversation, told apart by `type`. */
export type ChatEvent =
  | ThinkingDeltaEvent
  | TextDeltaEvent
  | ThinkingEvent
  | TextEvent
  | ToolCallEvent
  | ToolResultEvent
  | StopEvent
  | UserInputEvent;
