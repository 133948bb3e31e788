import { from, lastValueFrom, type OperatorFunction, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { chatText } from '../../src/operators/chatText.ts';
import { chatToolCalls } from '../../src/operators/chatToolCalls.ts';
import { chatTranscript } from '../../src/operators/chatTranscript.ts';
import { chatUsage } from '../../src/operators/chatUsage.ts';
import { throwIfChatFailed } from '../../src/operators/throwIfChatFailed.ts';
import { throwIfFailed } from '../../src/operators/throwIfFailed.ts';
import type { ChatEvent } from '../../src/types/chat.ts';

/** What an operator makes of events, which are what a service wrote. */
function through<T>(events: object[], operator: OperatorFunction<ChatEvent, T>): Promise<T[]> {
  return lastValueFrom(from(events as ChatEvent[]).pipe(operator, toArray()));
}

describe('content that is none', () => {
  const reply = [
    { type: 'text_delta', content: 'Hel' },
    { type: 'text_delta', content: null },
    { type: 'text_delta' },
    { type: 'text_delta', content: {} },
    { type: 'text_delta', content: true },
    { type: 'text_delta', content: 'lo ' },
    { type: 'text_delta', content: 4 },
    { type: 'text_delta', content: [{ type: 'text', text: '2' }, { image: 1 }, null, '!'] },
    { type: 'text', content: null },
    { type: 'stop', usage: null },
  ];

  it('is no part of a reply, while numbers and lists of parts are text', async () => {
    expect((await through(reply, chatText())).join('')).toBe('Hello 42!');
    expect((await through(reply, chatTranscript())).at(-1)).toMatchObject({
      blocks: [{ type: 'text', content: 'Hello 42!', done: true }],
    });
  });

  it('does not keep a reply back that comes whole', async () => {
    const events = [
      { type: 'text_delta', content: null },
      { type: 'text', content: 'whole' },
    ];
    expect(await through(events, chatText())).toEqual(['whole']);
  });

  it('leaves calls without ids apart, and finds their results', async () => {
    const events = [
      { type: 'tool_call', name: 'a', arguments: '{"q":1}', call_id: null },
      { type: 'tool_call', name: 'b', arguments: null },
      { type: 'tool_result', name: 'b', result: 2 },
      { type: 'tool_result', call_id: null, name: null, result: 1, image_attachment: 'x' },
      { type: 'tool_call', call_id: 7, name: 'c' },
      { type: 'tool_result', call_id: '7' },
    ];
    const calls = (await through(events, chatToolCalls())).filter(({ done }) => done);
    expect(calls).toMatchObject([
      { name: 'b', result: 2, arguments: {}, status: 'answered' },
      { name: 'a', result: 1, arguments: { q: 1 }, status: 'answered', imageAttachment: undefined },
      { name: 'c', callId: '7', arguments: {}, status: 'answered' },
    ]);
    expect(new Set(calls.map(({ callId }) => callId)).size).toBe(3);
  });

  it.each([
    [{}, false],
    [{ is_error: null, error: null }, false],
    [{ is_error: false, error: 'a note' }, false],
    [{ is_error: 'false', error: '' }, false],
    [{ error: 'no model' }, true],
    [{ is_error: null, error: { message: 'no model' } }, true],
    [{ is_error: true, error: ['no', 'model'] }, true],
    [{ is_error: 'true', error: null }, true],
  ])('tells of a turn that ends with %j whether it failed: %s', async (stop, failed) => {
    const events = [{ type: 'stop', ...stop }];
    const passed = await through(events, throwIfChatFailed()).catch((error: unknown) => error);
    expect(passed instanceof Error).toBe(failed);
    expect(String(passed)).not.toMatch(/undefined|null|\[object Object\]: \[/);
    expect(await through(events, chatUsage())).toMatchObject([{ failed: failed ? 1 : 0 }]);
  });

  it('adds no figure that is none', async () => {
    const usage = {
      total_input_tokens: '12',
      total_output_tokens: 'x',
      turns: -1,
      duration_ms: null,
    };
    expect(await through([{ type: 'stop', usage }], chatUsage())).toEqual([
      {
        turns: 1,
        failed: 0,
        modelCalls: 1,
        inputTokens: 12,
        outputTokens: undefined,
        durationMs: 0,
      },
    ]);
  });

  it.each([
    [{ id: null, status: 'ERROR', errors: null }, 'The job failed'],
    [
      { id: 'j', status: 'ERROR', errors: [null, 'no sheet', { message: 'odd' }] },
      'j failed: no sheet; odd',
    ],
    [{ status: 'failed', error_message: { detail: 'no page' } }, 'The job failed: no page'],
    [{ job: { id: 4, status: 'cancelled', error_message: null } }, '4 was cancelled'],
    [{ id: 'i', export_config_id: 'e', metadata: { status: 'failed', error: 5 } }, 'i failed: 5'],
  ])('is in no message of a job that failed: %j', async (job, message) => {
    const failed = lastValueFrom(from([job]).pipe(throwIfFailed() as never));
    await expect(failed).rejects.toMatchObject({ name: 'JobError', message });
  });
});
