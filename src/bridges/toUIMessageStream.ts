import {
  catchError,
  concat,
  defer,
  EMPTY,
  from,
  mergeMap,
  of,
  type OperatorFunction,
  takeWhile,
} from 'rxjs';
import { JobError } from '../errors.ts';
import { foldBlocks } from '../operators/chat/foldBlocks.ts';
import { throwIfChatFailed } from '../operators/throwIfChatFailed.ts';
import type { ChatEvent } from '../types/chat.ts';
import { isRecord } from '../types/isRecord.ts';
import { chunksOfBlocks } from './uiMessage/chunksOfBlocks.ts';
import type { UIMessageChunk } from './uiMessage/uiMessageChunk.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What {@link toUIMessageStream} accepts. */
export interface UIMessageStreamConfig {
  /** The id of the message that the turn becomes. @defaultValue the AI SDK makes one up */
  readonly messageId?: string | undefined;
  /**
   * What the browser is told of an error: a `JobError` whose job is the `stop` event for a turn that failed, otherwise
   * what the source failed with.
   * @defaultValue the agent's own words for a turn that failed, a sentence that gives nothing away for the rest
   */
  readonly errorText?: ((error: unknown) => string) | undefined;
}

/**
 * A chat turn as the chunks that the AI SDK's `useChat` makes a message of: text, reasoning, tools with their inputs and
 * outputs, and the end with its usage as metadata. Completes after the turn's `stop`. `uiMessageResponse` sends them.
 *
 * ```text
 * source:  -----a----T-(s|)      a: text_delta, T: the text that repeats it, s: stop
 * result:  (xX)-(yY)-z-(wW|)     x X: start, y Y: a text begins with a piece, z: it ends, w W: finish
 * ```
 *
 * A turn that failed, and a source that did, become an `error` chunk and a `finish` with the reason `error`: the result
 * itself never errors, but for an `errorText` that throws. What was shown cannot be taken back: a complete event that
 * says something else than its pieces adds nothing to them. Tools are `dynamic-tool` parts that the server has run; the
 * picture that came with a result is a data part `data-image-attachment`.
 *
 * @example The handler that `useChat` calls
 * ```ts
 * function answer(prompt: string): Response {
 *   const turn$ = resumeChat(connection, sessionId, { index_ids: [indexId], prompt });
 *   return uiMessageResponse(turn$.pipe(toUIMessageStream()));
 * }
 * ```
 */
export function toUIMessageStream(
  config: UIMessageStreamConfig = {},
): OperatorFunction<ChatEvent, UIMessageChunk> {
  checkKind('toUIMessageStream: config', config, 'object');
  const { messageId, errorText = textOf } = config;
  return (source) =>
    defer(() => {
      const changesOf = foldBlocks();
      const chunksOf = chunksOfBlocks();
      const shown = (event: ChatEvent): UIMessageChunk[] => changesOf(event).flatMap(chunksOf);
      let ended = false;

      const end = (...last: UIMessageChunk[]): UIMessageChunk[] => {
        ended = true;
        const open = shown({ type: 'stop', is_error: false, error: null, usage: {} });
        return [...open, { type: 'finish-step' }, ...last];
      };
      const turn = source.pipe(
        takeWhile(({ type }) => type !== 'stop', true),
        throwIfChatFailed(),
        mergeMap((event) =>
          event.type === 'stop'
            ? end({
                type: 'finish',
                finishReason: 'stop',
                ...(isRecord(event.usage) && { messageMetadata: { usage: event.usage } }),
              })
            : shown(event),
        ),
        catchError((error: unknown) =>
          from(
            end(
              { type: 'error', errorText: errorText(error) },
              { type: 'finish', finishReason: 'error' },
            ),
          ),
        ),
      );
      return concat(
        of<UIMessageChunk[]>(
          { type: 'start', ...(messageId !== undefined && { messageId }) },
          { type: 'start-step' },
        ),
        turn,
        defer(() => (ended ? EMPTY : from(end({ type: 'finish', finishReason: 'other' })))),
      );
    });
}

function textOf(error: unknown): string {
  return error instanceof JobError && error.kind === 'failed'
    ? error.message
    : 'The answer broke off. Please try again.';
}
