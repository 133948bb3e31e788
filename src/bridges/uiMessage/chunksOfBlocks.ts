import type { SpokenBlock, ToolBlock } from '../../operators/chat/chatBlock.ts';
import type { BlockChange } from '../../operators/chat/foldBlocks.ts';
import type { UIMessageChunk } from './uiMessageChunk.ts';

/** The service has run the tools already, so that the browser is not asked to. */
const toolFacts = { dynamic: true, providerExecuted: true } as const;

/** Turns changes of blocks into chunks: the returned function remembers which parts it has begun and ended. */
export function chunksOfBlocks(): (change: BlockChange) => UIMessageChunk[] {
  const begun = new Set<number>();
  const ended = new Set<number>();

  const spoken = (
    block: SpokenBlock,
    kind: 'text' | 'reasoning',
    delta: string | undefined,
  ): UIMessageChunk[] => {
    const id = `${kind}-${block.index}`;
    const chunks: UIMessageChunk[] = [];
    if (!begun.has(block.index)) {
      begun.add(block.index);
      chunks.push({ type: `${kind}-start`, id });
    }
    if (delta) {
      chunks.push({ type: `${kind}-delta`, id, delta });
    }
    if (block.done && !ended.has(block.index)) {
      ended.add(block.index);
      chunks.push({ type: `${kind}-end`, id });
    }
    return chunks;
  };

  const tool = (block: ToolBlock): UIMessageChunk[] => {
    const { callId: toolCallId, name: toolName, arguments: input, imageAttachment } = block;
    const chunks: UIMessageChunk[] = [];
    if (!begun.has(block.index)) {
      begun.add(block.index);
      chunks.push({ type: 'tool-input-available', toolCallId, toolName, input, ...toolFacts });
    }
    if (block.status === 'answered') {
      const output = block.result ?? null;
      chunks.push({ type: 'tool-output-available', toolCallId, output, ...toolFacts });
    }
    if (block.status === 'unanswered') {
      const errorText = 'The turn ended before the tool had a result.';
      chunks.push({ type: 'tool-output-error', toolCallId, errorText, ...toolFacts });
    }
    if (imageAttachment) {
      const { source_id: sourceId, attachment_name: attachmentName } = imageAttachment;
      chunks.push({
        type: 'data-image-attachment',
        id: toolCallId,
        data: { callId: toolCallId, sourceId, attachmentName },
      });
    }
    return chunks;
  };

  return ({ block, added }) => {
    switch (block.type) {
      case 'text':
        return spoken(block, 'text', added);
      case 'thinking':
        return spoken(block, 'reasoning', added);
      case 'tool':
        return tool(block);
      case 'user_input':
        // The browser shows what the user said already.
        return [];
    }
  };
}
