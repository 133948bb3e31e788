import type { Observable } from 'rxjs';
import { expectTypeOf, it } from 'vitest';
import {
  type ChatEvent,
  type Connection,
  type StopEvent,
  streamChat,
  type ToolCallEvent,
} from '../../src/index.ts';

declare const connection: Connection;
declare const event: ChatEvent;

it('streams chat events', () => {
  const events = streamChat(connection, 'ses-1', { index_ids: ['idx-1'], prompt: 'Hello' });
  expectTypeOf(events).toEqualTypeOf<Observable<ChatEvent>>();
});

it('tells the eight kinds of events apart by their type', () => {
  expectTypeOf<ChatEvent['type']>().toEqualTypeOf<
    | 'thinking_delta'
    | 'text_delta'
    | 'thinking'
    | 'text'
    | 'tool_call'
    | 'tool_result'
    | 'stop'
    | 'user_input'
  >();
  if (event.type === 'tool_call') {
    expectTypeOf(event).toEqualTypeOf<ToolCallEvent>();
    expectTypeOf(event.arguments).toEqualTypeOf<Readonly<Record<string, unknown>>>();
  }
  if (event.type === 'stop') {
    expectTypeOf(event).toEqualTypeOf<StopEvent>();
    expectTypeOf(event.usage.duration_ms).toEqualTypeOf<number | undefined>();
  }
  if (event.type === 'text_delta' || event.type === 'text') {
    expectTypeOf(event.content).toBeString();
  }
});

it('needs to be told an event apart before its fields are read', () => {
  // @ts-expect-error Not every event has content.
  expectTypeOf(event.content).toBeString();
});
