import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StreamError } from '../../src/errors.ts';
import { type Connection, connect } from '../../src/http/connection.ts';
import { streamChat } from '../../src/sources/chat.ts';
import type { ChatEvent } from '../../src/types/chat.ts';
import { startServer, type TestServer } from '../support/server.ts';

const delta = 'data: {"type":"text_delta","content":"hé"}\n\n';
const stop = '{"type":"stop","is_error":false,"error":null,"usage":{}}';
const turn = [
  { type: 'text_delta', content: 'hé' },
  { type: 'stop', is_error: false, error: null, usage: {} },
];

let server: TestServer;
let connection: Connection;
/** What the server sends next, and whether it breaks off then. */
let pieces: readonly (string | Uint8Array)[] = [];
let breaks = false;

beforeAll(async () => {
  server = await startServer(async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    for (const piece of pieces) {
      response.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (breaks) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      response.destroy();
    } else {
      response.end();
    }
  });
  connection = connect({ token: 'llx-SECRETKEY123', baseUrl: server.url });
});
afterAll(() => server[Symbol.asyncDispose]());

/** All that comes of a stream. */
async function outcomeOf(
  ...sent: (string | Uint8Array)[]
): Promise<{ events: ChatEvent[]; error: unknown }> {
  pieces = sent;
  const events: ChatEvent[] = [];
  return new Promise((resolve) => {
    streamChat(connection, 's', { index_ids: ['i'], prompt: 'p' }).subscribe({
      next: (event) => events.push(event),
      error: (error: unknown) => resolve({ events, error }),
      complete: () => resolve({ events, error: undefined }),
    });
  });
}

describe('the last event of a turn', () => {
  it.each(['\n', '\r', '\r\n'])(
    'counts without its empty line, wherever the stream ends behind it, with lines that end in %j',
    async (end) => {
      const lines = `\uFEFF${delta}event: stop\ndata: {"type":"stop",\ndata: "usage":{}}\n\n`;
      const bytes = Buffer.from(lines.replaceAll('\n', end));
      const whole = bytes.length - 2 * end.length;
      for (let length = bytes.indexOf('event'); length <= bytes.length; length += 1) {
        const { events, error } = await outcomeOf(bytes.subarray(0, length));
        if (length < whole) {
          expect(error, `cut to ${length} bytes`).toMatchObject({
            kind: 'incomplete',
            received: [turn[0]],
          });
          expect(events).toHaveLength(1);
        } else {
          expect(error, `cut to ${length} bytes`).toBeUndefined();
          expect(events).toEqual([turn[0], { type: 'stop', usage: {} }]);
        }
      }
    },
  );

  it('counts as well where the connection breaks behind it', async () => {
    breaks = true;
    const { events, error } = await outcomeOf(delta, `data: ${stop}`);
    breaks = false;
    expect(error).toBeUndefined();
    expect(events).toEqual(turn);
  });

  it('does not count when it is another one, though it is whole', async () => {
    const { events, error } = await outcomeOf(delta, delta.trimEnd());
    expect(events).toEqual([turn[0]]);
    expect(error).toMatchObject({ kind: 'incomplete', receivedCount: 1 });
  });
});

describe('what tells nothing', () => {
  it.each([
    ': ping',
    ':heartbeat',
    ':',
    'data:',
    'data:  ',
    'data: {}',
    'data: ping',
    'data: "ping"',
    'data: PING',
    'data: [DONE]',
    'data: keep-alive',
    'data: [heartbeat]',
    'data: ping - 2026-12-01T05:57:02.123Z',
    'event: ping',
    'event: ping\ndata:',
    'event: ping\ndata: 2026-12-01T05:57:02Z',
    'event: ping\ndata: null',
    'event: ping\ndata: {}',
    'event: ping\ndata: {"time": 5}',
    "event: ping\ndata: {'time': 5}",
    'event: ping\ndata: still here',
    'event: Keep-Alive\ndata: 17',
    'event: keepalive\ndata: "x"',
    'event: heartbeat\ndata: true',
    'event: heart_beat\ndata: [1]',
    'event: status\ndata: thinking',
    'event: metadata\ndata: 1733030000',
    'event: queue.position\ndata: "3"',
    'event: done\ndata: [DONE]',
    'event: status\ndata: null',
    'event: status\ndata: []',
    'event: message\ndata: {}',
    'id: 7',
    'retry: 100',
  ])('is passed over: %j', async (stray) => {
    const { events, error } = await outcomeOf(
      `${stray}\n\n`,
      delta,
      `${stray}\n\n`,
      `data: ${stop}\n\n`,
    );
    expect(error).toBeUndefined();
    expect(events).toEqual(turn);
  });

  it.each([
    'data: {"type":"text_del',
    'data: half a sentence',
    'data: 5',
    'data: null',
    'data: []',
    'data: [DONE',
    'event: message\ndata: null',
    'data: "x"',
    'data: [{"type":"text_delta","content":"x"}]',
    'data: Done with the first half of it',
    'event: text_delta\ndata: some text',
    'event: text_delta\ndata: "some text"',
    'event: delta\ndata: {"type":"text_delta","content":"x',
    'event: x\ndata: [{"type":',
    'event: message\ndata: some text',
  ])('is not what could be a part of the answer: %j', async (stray) => {
    const { events, error } = await outcomeOf(delta, `${stray}\n\n`, `data: ${stop}\n\n`);
    expect(error).toBeInstanceOf(StreamError);
    expect(error).toMatchObject({ kind: 'parse', received: [turn[0]], attempts: 1 });
    expect(events).toEqual([turn[0]]);
  });

  it.each([
    ['data: {"type":"citation","n":1}', { type: 'citation', n: 1 }],
    ['event: citation\ndata: {"n":1}', { n: 1 }],
    ['data: {"message":"in the queue"}', { message: 'in the queue' }],
    ['data: {"type":"step","error":"x"}', { type: 'step', error: 'x' }],
    ['data: {"error":null,"n":1}', { error: null, n: 1 }],
  ])('is not an object that nobody knows yet: %j', async (stray, event) => {
    const { events, error } = await outcomeOf(`${stray}\n\n`, `data: ${stop}\n\n`);
    expect(error).toBeUndefined();
    expect(events).toEqual([event, turn[1]]);
  });
});

describe('an event that tells of an error', () => {
  it.each([
    ['event: error\ndata: the model is overloaded', 'the model is overloaded'],
    ['event: error\ndata: "the model is overloaded"', 'the model is overloaded'],
    ['event: error\ndata: {"error":"too much"}', 'too much'],
    ['event: error\ndata: {"error":{"message":"too much","code":529}}', 'too much'],
    ['event: error\ndata: {"detail":"too much"}', 'too much'],
    ['event: error\ndata: {"message":"too much"}', 'too much'],
    ['event: error\ndata: {"type":"overloaded_error","message":"too much"}', 'too much'],
    ['event: error\ndata: {"type":"error","error":{"message":"too much"}}', 'too much'],
    ['event: error\ndata: [{"message":"too much"}]', 'too much'],
    ['event: Error\ndata: 504', '504'],
    ['event: stream-error\ndata: {"reason":"too much"}', 'too much'],
    ['event: exception\ndata: {"msg":"too much"}', 'too much'],
    ['event: run.failed\ndata: out of memory', 'out of memory'],
    ['data: {"error":{"message":"upstream timed out"}}', 'upstream timed out'],
    ['data: {"detail":"Internal Server Error"}', 'Internal Server Error'],
    ['data: {"type":"error","message":"too much"}', 'too much'],
    ['event: error\ndata: two\ndata: lines', 'lines'],
  ])('ends the stream with its words: %j', async (trouble, words) => {
    for (const after of ['\n\n', '\n', '']) {
      const { events, error } = await outcomeOf(delta, trouble + after);
      expect(error).toBeInstanceOf(StreamError);
      expect(error).toMatchObject({ kind: 'server', received: [turn[0]], attempts: 1 });
      expect((error as Error).message).toContain('the server told of an error after 1 events: ');
      expect((error as Error).message).toContain(words);
      expect(events).toEqual([turn[0]]);
    }
  });

  it.each(['event: error\ndata:', 'event: error\ndata: null', 'event: error\ndata: ""'])(
    'may have no words: %j',
    async (trouble) => {
      const { error } = await outcomeOf(`${trouble}\n\n`);
      expect(error).toMatchObject({ kind: 'server', received: [] });
      expect((error as Error).message).toMatch(/the server told of an error at once$/);
    },
  );

  it('shows neither the key nor more than a line', async () => {
    const long = `llx-SECRETKEY123 is wrong ${'x'.repeat(5_000)}`;
    for (const data of [long, JSON.stringify({ hint: long }), JSON.stringify({ detail: long })]) {
      const { error } = await outcomeOf(`event: error\ndata: ${data}\n\n`);
      expect((error as Error).message).toContain('[redacted] is wrong');
      expect((error as Error).message.length).toBeLessThan(500);
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('SECRETKEY123');
    }
  });

  it.each([
    `event: error\ndata: {"type":"stop","is_error":true,"error":"x","usage":{}}\n\n`,
    `data: {"type":"stop","is_error":true,"error":"x","usage":{}}\n\n`,
  ])('is a value where it is the end of the turn: %j', async (failed) => {
    const { events, error } = await outcomeOf(failed);
    expect(error).toBeUndefined();
    expect(events).toEqual([{ type: 'stop', is_error: true, error: 'x', usage: {} }]);
  });

  it('is a value where the API describes it', async () => {
    const result = '{"type":"tool_result","call_id":"c","name":"n","result":{"error":"no file"}}';
    const { events, error } = await outcomeOf(
      `event: tool_error\ndata: ${result}\n\ndata: ${stop}\n\n`,
    );
    expect(error).toBeUndefined();
    expect(events[0]).toEqual(JSON.parse(result));
  });
});
