import type { UIMessageChunk as SdkChunk } from 'ai';
import type { Observable } from 'rxjs';
import { expectTypeOf, it } from 'vitest';
import {
  type ChatBlock,
  type ChatEvent,
  chatLoop,
  type ChatStep,
  chatToolCalls,
  type ChatTotals,
  type ChatTranscript,
  chatTranscript,
  chatUsage,
  type Connection,
  resumeChat,
  type ToolBlock,
  toUIMessageStream,
  type UIMessageChunk,
  uiMessageResponse,
} from '../../src/index.ts';

declare const connection: Connection;
declare const block: ChatBlock;
const body = { index_ids: ['idx-1'], prompt: 'Hello' };

it('resumes into the events of a chat, which the operators take', () => {
  const events = resumeChat(connection, 'ses-1', body, { timeout: 60_000, turnsBefore: 2 });
  expectTypeOf(events).toEqualTypeOf<Observable<ChatEvent>>();
  expectTypeOf(events.pipe(chatTranscript())).toEqualTypeOf<Observable<ChatTranscript>>();
  expectTypeOf(events.pipe(chatToolCalls())).toEqualTypeOf<Observable<ToolBlock>>();
  expectTypeOf(events.pipe(chatUsage())).toEqualTypeOf<Observable<ChatTotals>>();
});

it('tells blocks apart by their type', () => {
  if (block.type === 'tool') {
    expectTypeOf(block).toEqualTypeOf<ToolBlock>();
    expectTypeOf(block.result).toBeUnknown();
  } else {
    expectTypeOf(block.content).toBeString();
  }
  // @ts-expect-error Snapshots do not change.
  block.index = 1;
});

it('asks questions from any source, of named indexes', () => {
  const config = { indexIds: ['idx-1'] };
  expectTypeOf(chatLoop(connection, 'ses-1', ['a'], config)).toEqualTypeOf<Observable<ChatStep>>();
  // @ts-expect-error No index is named.
  chatLoop(connection, 'ses-1', ['a'], {});
  // @ts-expect-error The loop knows itself how far it is.
  chatLoop(connection, 'ses-1', ['a'], { ...config, turnsBefore: 1 });
});

it('makes chunks that the AI SDK takes', () => {
  const chunks = resumeChat(connection, 'ses-1', body).pipe(toUIMessageStream());
  expectTypeOf(chunks).toEqualTypeOf<Observable<UIMessageChunk>>();
  expectTypeOf<UIMessageChunk>().toExtend<SdkChunk>();
  expectTypeOf(uiMessageResponse(chunks)).toEqualTypeOf<Response>();
});
