import type {
  ChatEvent,
  ChatRun,
  ChatSessionHistory,
  StopEvent,
  TextDeltaEvent,
  ThinkingDeltaEvent,
} from '../types/chat.ts';
import { textOf } from '../types/textOf.ts';

/** A turn to look for in a session's history. */
export interface SoughtTurn {
  /** What the user said. */
  readonly prompt: string;
  /** How many messages the user had sent before this one. */
  readonly turnsBefore: number;
}

/** A turn as the session's history has it. */
interface FoundTurn {
  /** Its complete events so far. */
  readonly events: readonly ChatEvent[];
  /** Whether another message of the user follows, so that it must have ended. */
  readonly isFollowed: boolean;
}

/**
 * The turn in the session's history; `undefined` when it is not there.
 *
 * It is behind `turnsBefore` messages of the user, and nothing before them is looked at, whatever its words are. If
 * somebody else has said something in the meantime, it is the first one there with the same words.
 */
export function turnInHistory(
  { events }: ChatSessionHistory,
  { prompt, turnsBefore }: SoughtTurn,
): FoundTurn | undefined {
  const messages = events.flatMap((event, at) => (event.type === 'user_input' ? [at] : []));
  const says = (at: number): boolean => {
    const event = events[at];
    return event?.type === 'user_input' && textOf(event.content).trim() === prompt.trim();
  };
  const later = messages.slice(turnsBefore);
  // A server may change the words, as by cutting them.
  const start = later.find(says) ?? later[0];
  if (start === undefined) {
    return undefined;
  }
  const next = messages.find((at) => at > start);
  return {
    events: events.slice(start + 1, next).filter((event) => !isPiece(event)),
    isFollowed: next !== undefined,
  };
}

/** The `stop` of a turn whose history keeps none, made from what the session tells of the run. */
export function stopOf(run: ChatRun): StopEvent {
  const { error = null } = run;
  const { total_input_tokens, total_output_tokens, turns, duration_ms } = run;
  return {
    type: 'stop',
    is_error: run.is_error ?? false,
    error,
    usage: {
      ...(total_input_tokens !== undefined && { total_input_tokens }),
      ...(total_output_tokens !== undefined && { total_output_tokens }),
      ...(turns !== undefined && { turns }),
      ...(duration_ms !== undefined && { duration_ms }),
    },
  };
}

/**
 * Says what of a turn has not been seen yet: the returned function takes the turn's complete events, as often as they
 * have grown, and gives the ones that are new. A text that had begun comes as one piece with the rest of it, if that
 * is how it goes on, and then whole.
 */
export function missingEvents(
  seen: readonly ChatEvent[],
): (turn: readonly ChatEvent[]) => ChatEvent[] {
  const begun = { text: begunText(seen, 'text'), thinking: begunText(seen, 'thinking') };
  const complete = seen.filter((event) => !isPiece(event));
  let told = 0;

  return (turn) => {
    // The history may be behind what the stream has given, so that this is to be counted each time.
    const fresh = turn.slice(Math.max(told, countSeen(turn, complete)));
    told = Math.max(told, turn.length);
    return fresh.flatMap((event): ChatEvent[] => {
      if (event.type !== 'text' && event.type !== 'thinking') {
        return [event];
      }
      const start = begun[event.type];
      begun[event.type] = '';
      const content = textOf(event.content);
      const rest = content.slice(start.length);
      return start !== '' && rest !== '' && content.startsWith(start)
        ? [{ type: `${event.type}_delta`, content: rest }, event]
        : [event];
    });
  };
}

/** How many of the turn's first events are behind the last one that was seen. */
function countSeen(turn: readonly ChatEvent[], complete: readonly ChatEvent[]): number {
  let count = 0;
  for (const event of complete) {
    // One that the history does not keep is passed over.
    const at = turn.findIndex((other, index) => index >= count && isSame(other, event));
    count = at === -1 ? count : at + 1;
  }
  return count;
}

function isSame(one: ChatEvent, other: ChatEvent): boolean {
  if ('call_id' in one && 'call_id' in other) {
    return one.type === other.type && one.call_id === other.call_id;
  }
  if ('content' in one && 'content' in other) {
    return one.type === other.type && one.content === other.content;
  }
  return one.type === other.type;
}

/** What the pieces since the last complete event of their kind say. */
function begunText(seen: readonly ChatEvent[], kind: 'text' | 'thinking'): string {
  const since = seen.findLastIndex(({ type }) => type === kind) + 1;
  return seen
    .slice(since)
    .filter(isPiece)
    .filter(({ type }) => type === `${kind}_delta`)
    .map(({ content }) => textOf(content))
    .join('');
}

function isPiece(event: ChatEvent): event is TextDeltaEvent | ThinkingDeltaEvent {
  return event.type === 'text_delta' || event.type === 'thinking_delta';
}
