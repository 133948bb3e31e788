import type {
  ChatEvent,
  ImageAttachment,
  ToolCallEvent,
  ToolResultEvent,
} from '../../types/chat.ts';
import { isRecord } from '../../types/isRecord.ts';
import { textOf } from '../../types/textOf.ts';
import type { ChatBlock, SpokenBlock, ToolBlock } from './chatBlock.ts';

/** Begins the ids of calls that the service gave none. */
const NAMELESS = 'call-at-';

/** A block that is new or has changed. */
export interface BlockChange<B extends ChatBlock = ChatBlock> {
  /** The block as it is now. */
  readonly block: B;
  /** The text that was added at its end; `undefined` when its text was replaced by another. */
  readonly added: string | undefined;
}

/**
 * Folds the events of a conversation into blocks, one event at a time: the returned function says which blocks an
 * event has opened or changed, which may be none.
 *
 * - Pieces join the last block while it is of their kind; after anything else they open another one.
 * - A complete event closes the blocks of its kind that are open. It is taken as the text of all of them where it
 *   begins with those before the last, otherwise as that of the last. What it says wins over the pieces.
 * - A result goes to the call of its id; one without an id to the first call of its name without an id that has none.
 *   `stop` and the next message of the user close what is open.
 * - Content that is missing, `null` or no text says nothing; see `textOf`.
 *
 * An event costs the same however long the text is, but for a complete one, which is compared once with its pieces.
 */
export function foldBlocks(): (event: ChatEvent) => BlockChange[] {
  let count = 0;
  // By kind, the blocks made of pieces that no complete event has followed yet.
  const open: Record<'text' | 'thinking', SpokenBlock[]> = { text: [], thinking: [] };
  const calls = new Map<string, ToolBlock>();

  const say = (type: SpokenBlock['type'], content: string, done: boolean): BlockChange => {
    const block: SpokenBlock = { type, index: count, content, done };
    count += 1;
    if (!done && type !== 'user_input') {
      open[type].push(block);
    }
    return { block, added: content };
  };

  const append = (type: 'text' | 'thinking', piece: string): BlockChange[] => {
    const last = open[type].at(-1);
    if (piece === '') {
      return [];
    }
    if (last?.index !== count - 1) {
      return [say(type, piece, false)];
    }
    const block = { ...last, content: last.content + piece };
    open[type].splice(-1, 1, block);
    return [{ block, added: piece }];
  };

  const complete = (type: 'text' | 'thinking', content: string): BlockChange[] => {
    const earlier = open[type].splice(0);
    const last = earlier.pop();
    if (last === undefined) {
      return content === '' ? [] : [say(type, content, true)];
    }
    if (content === '') {
      // What was said is not taken back by nothing.
      return [...earlier, last].map(closed);
    }
    const before = earlier.map((block) => block.content).join('');
    const isAll = content !== last.content && content.startsWith(before);
    const text = isAll ? content.slice(before.length) : content;
    const added = text.startsWith(last.content) ? text.slice(last.content.length) : undefined;
    return [...earlier.map(closed), { block: { ...last, content: text, done: true }, added }];
  };

  const call = (event: ToolCallEvent): BlockChange => {
    const index = count++;
    const block: ToolBlock = {
      type: 'tool',
      index,
      callId: textOf(event.call_id) || `${NAMELESS}${index}`,
      name: textOf(event.name),
      arguments: argumentsOf(event.arguments),
      status: 'called',
      result: undefined,
      imageAttachment: undefined,
      done: false,
    };
    calls.set(block.callId, block);
    return { block, added: '' };
  };

  /** The call that a result without an id belongs to. */
  const callNamed = (name: string): ToolBlock | undefined =>
    [...calls.values()].find(
      (one) => !one.done && one.callId.startsWith(NAMELESS) && (name === '' || name === one.name),
    );

  const answer = (event: ToolResultEvent): BlockChange => {
    const id = textOf(event.call_id);
    const name = textOf(event.name);
    const known = id === '' ? callNamed(name) : calls.get(id);
    const index = known?.index ?? count++;
    const block: ToolBlock = {
      type: 'tool',
      index,
      callId: known?.callId ?? (id || `${NAMELESS}${index}`),
      name: name || (known?.name ?? ''),
      arguments: known?.arguments ?? {},
      status: 'answered',
      result: event.result,
      imageAttachment: attachmentOf(event.image_attachment),
      done: true,
    };
    calls.set(block.callId, block);
    return { block, added: '' };
  };

  const endTurn = (): BlockChange[] => {
    const spoken = [...open.text.splice(0), ...open.thinking.splice(0)];
    const unanswered = [...calls.values()].filter(({ done }) => !done);
    calls.clear();
    return [
      ...spoken.map(closed),
      ...unanswered.map((call): BlockChange => {
        return { block: { ...call, status: 'unanswered', done: true }, added: '' };
      }),
    ];
  };

  return (event) => {
    switch (event.type) {
      case 'text_delta':
        return append('text', textOf(event.content));
      case 'thinking_delta':
        return append('thinking', textOf(event.content));
      case 'text':
      case 'thinking':
        return complete(event.type, textOf(event.content));
      case 'tool_call':
        return [call(event)];
      case 'tool_result':
        return [answer(event)];
      case 'user_input':
        return [...endTurn(), say('user_input', textOf(event.content), true)];
      case 'stop':
        return endTurn();
      default:
        // The service may send types that came after this was written.
        return [];
    }
  };
}

function closed(block: SpokenBlock): BlockChange {
  return { block: { ...block, done: true }, added: '' };
}

/** What a tool was given; models write it as JSON in a text, too. */
function argumentsOf(given: unknown): Readonly<Record<string, unknown>> {
  if (typeof given === 'string') {
    try {
      return argumentsOf(JSON.parse(given) ?? {});
    } catch {
      return {};
    }
  }
  return isRecord(given) ? given : {};
}

/** A picture that can be fetched. */
function attachmentOf(given: unknown): ImageAttachment | undefined {
  if (!isRecord(given)) {
    return undefined;
  }
  const [source_id, attachment_name] = [textOf(given.source_id), textOf(given.attachment_name)];
  return source_id && attachment_name ? { source_id, attachment_name } : undefined;
}
