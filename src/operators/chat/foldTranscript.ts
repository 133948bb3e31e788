import type { ChatEvent, StopEvent } from '../../types/chat.ts';
import type { ChatBlock } from './chatBlock.ts';
import { foldBlocks } from './foldBlocks.ts';

/** A conversation as far as it has come. Never changes: what happens next makes another one. */
export interface ChatTranscript {
  /** In the order in which they began. Those that an event leaves as they are stay the same objects. */
  readonly blocks: readonly ChatBlock[];
  /** How the turn ended; `undefined` while it goes on. */
  readonly stop: StopEvent | undefined;
}

/** Folds events into transcripts: the returned function gives the one after an event, the same if nothing changed. */
export function foldTranscript(): (event: ChatEvent) => ChatTranscript {
  const changesOf = foldBlocks();
  let transcript: ChatTranscript = { blocks: [], stop: undefined };

  return (event) => {
    const changes = changesOf(event);
    if (changes.length === 0 && event.type !== 'stop') {
      return transcript;
    }
    let { blocks } = transcript;
    for (const { block } of changes) {
      blocks = block.index === blocks.length ? [...blocks, block] : blocks.with(block.index, block);
    }
    transcript = { blocks, stop: event.type === 'stop' ? event : undefined };
    return transcript;
  };
}
