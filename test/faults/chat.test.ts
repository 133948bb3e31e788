import {
  finalize,
  from,
  lastValueFrom,
  map,
  mergeMap,
  type Observable,
  range,
  takeWhile,
  tap,
  toArray,
} from 'rxjs';
import { describe, expect } from 'vitest';
import { OverflowError } from '../../src/bridges/overflow.ts';
import { toAsyncIterable } from '../../src/bridges/toAsyncIterable.ts';
import { StreamError } from '../../src/errors.ts';
import type { Connection } from '../../src/http/connection.ts';
import { chatText } from '../../src/operators/chatText.ts';
import { throwIfChatFailed } from '../../src/operators/throwIfChatFailed.ts';
import { streamChat } from '../../src/sources/chat.ts';
import type { ChatEvent } from '../../src/types/chat.ts';
import { json, type TestServer } from '../support/server.ts';
import { eventually } from './support/eventually.ts';
import { fault } from './support/fault.ts';
import type { FaultRun } from './support/faultRun.ts';
import { FLOOD_EVENT, startFlood } from './support/flood.ts';
import { startTalk } from './support/talk.ts';

const route = 'POST /api/v1/chat/{session_id}/messages/stream';
const delta: ChatEvent = { type: 'text_delta', content: 'Sales.' };
const stop: ChatEvent = { type: 'stop', is_error: false, error: null, usage: { turns: 1 } };

/** A turn with a server that is not the embedded cloud. */
function ask(connection: Connection): Observable<ChatEvent> {
  return streamChat(connection, 'ses-1', { index_ids: ['idx-1'], prompt: 'What grew?' });
}

function frame(event: object): string {
  return `event: message\ndata: ${JSON.stringify(event)}\n\n`;
}

/** A server that answers with these pieces, one after the other, and leaves the stream open. */
function serve(run: FaultRun, pieces: () => readonly (string | Uint8Array)[]): Promise<TestServer> {
  return run.server(async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of pieces()) {
      response.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
}

/** How often a message was sent. */
function messages(run: FaultRun): number {
  return run.requests().filter(({ url }) => url.endsWith('/messages/stream')).length;
}

/** Whether an event is more than a piece. */
const isWhole = ({ type }: ChatEvent): boolean => !type.endsWith('_delta');

const textOf = (events: readonly unknown[]): Promise<string> =>
  lastValueFrom(
    from(events as ChatEvent[]).pipe(
      chatText(),
      toArray(),
      map((pieces) => pieces.join('')),
    ),
  );

describe('Chat streams', () => {
  fault(
    55,
    'a stream that is cut anywhere, within a character or a line end too',
    { behaviour: 'The same events, wherever the pieces begin and end.' },
    async (run) => {
      const stream = Buffer.from(
        `\uFEFF:\r\nid: 1\rdata: {"type":"x",\r\ndata: "text":"é😀"}\r\n\r\n${frame(stop)}`,
      );
      const server = await run.server(async (_, response) => {
        const at = server.requests.length;
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(stream.subarray(0, at));
        await new Promise((resolve) => setImmediate(resolve));
        response.write(stream.subarray(at));
      });
      const connection = run.connect(server);
      const turns = range(1, stream.length - 1).pipe(
        mergeMap(() => ask(connection).pipe(toArray()), 8),
      );
      const seen = await run.valuesOf(turns);
      expect(seen).toEqual(seen.map(() => [{ type: 'x', text: 'é😀' }, stop]));
      expect(seen).toHaveLength(stream.length - 1);

      const { cloud, begin } = await startTalk(run);
      cloud.faults.next(route, { chat: 'split-bytes' });
      const { say, history } = await begin();
      const events = await run.valuesOf(say);
      const [kept] = await run.valuesOf(history);
      expect(events.filter(isWhole)).toEqual(kept?.slice(1));
    },
  );

  fault(
    56,
    'CR, LF and CRLF mixed, a byte order mark, comments, NUL, `retry` and fields that nobody knows',
    { behaviour: 'Read as the HTML standard reads event streams.' },
    async (run) => {
      const stream = [
        '\uFEFFretry: soon\r\r\n',
        ': comment\0\rid: a\0b\ndata:{"type":\r\ndata\ndata:  "one"}\r\revent: x\r\n\r\n',
        'data\r\rDATA: 5\nunknown\n: \ndata: {"type":"two"}\n\r\uFEFFdata: 5\n\n',
        frame(stop),
      ];
      const server = await serve(run, () => [stream.join('')]);
      expect(await run.valuesOf(ask(run.connect(server)))).toEqual([
        { type: 'one' },
        { type: 'two' },
        stop,
      ]);
    },
  );

  fault(
    57,
    'an event without end',
    {
      behaviour:
        'A `StreamError` of the kind `overflow` beyond 4 Mi characters; the socket is closed, memory stays bounded.',
    },
    async (run) => {
      const oneLine = 'x'.repeat(2 ** 20);
      const manyLines = 'data: xxx\n'.repeat(100_000);
      for (const [begin, megabyte] of [
        ['data: ', oneLine],
        ['', manyLines],
      ] as const) {
        let written = 0;
        const server = await run.server((_, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' }).write(begin);
          const more = (): void => {
            written += 1;
            if (written < 1024 && !response.destroyed) {
              response.write(megabyte);
            }
          };
          response.on('drain', more);
          more();
        });
        const before = process.memoryUsage.rss();
        expect(await run.errorOf(ask(run.connect(server)))).toMatchObject({
          name: 'StreamError',
          kind: 'overflow',
          attempts: 1,
        });
        expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 2 ** 20);
        await server.until(() => server.sockets() === 0);
        expect(written).toBeLessThan(64);
      }
    },
  );

  fault(
    58,
    'the end of the stream before `stop`, between two events or within one',
    {
      behaviour:
        'A `StreamError` of the kind `incomplete` with the events so far in `received`. It never completes as if all were well. A `stop` that lacks only the empty line behind it is whole, and ends the turn.',
    },
    async (run) => {
      const { cloud, begin } = await startTalk(run);
      cloud.faults.next(route, { chat: 'end-before-stop' });
      const cut = await begin();
      const turn = run.watch(cut.say);
      await run.ended(turn);
      expect(turn.error).toBeInstanceOf(StreamError);
      expect(turn.error).toMatchObject({
        kind: 'incomplete',
        received: turn.values,
        receivedCount: turn.values.length,
        attempts: 1,
      });
      const [kept = []] = await run.valuesOf(cut.history);
      expect(await textOf(turn.values)).toBe(await textOf(kept));

      const server = await run.server((_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(frame(delta) + frame(stop).slice(0, -4));
      });
      const half = run.watch(ask(run.connect(server)));
      await run.ended(half);
      expect(half.values).toEqual([delta]);
      expect(half.error).toMatchObject({ kind: 'incomplete', received: [delta] });

      cloud.faults.next(route, { chat: 'unended-event' });
      const unended = await begin();
      expect((await run.valuesOf(unended.say)).at(-1)).toMatchObject({ type: 'stop' });
    },
  );

  fault(
    59,
    'a connection that breaks in the middle of a turn',
    {
      behaviour:
        'The kind `incomplete`; the message is not sent again. `resumeChat` reads the rest of the turn from the session’s history.',
    },
    async (run) => {
      const { cloud, begin } = await startTalk(run);
      const first = await begin();
      cloud.faults.next(route, { reset: 200 });
      const turn = run.watch(first.say);
      await run.ended(turn);
      expect(turn.error).toMatchObject({ name: 'StreamError', kind: 'incomplete', attempts: 1 });
      expect(turn.error).toHaveProperty('cause.name', 'NetworkError');
      expect(messages(run)).toBe(1);

      // The same where it breaks before there is an answer, or a gateway answers in the server's place.
      for (const [n, lost] of [{ reset: 'before-headers' } as const, { status: 503 }].entries()) {
        cloud.faults.next(route, lost);
        const other = await begin();
        expect(await run.errorOf(other.say)).toMatchObject({ attempts: 1 });
        expect(messages(run)).toBe(n + 2);
      }

      const second = await begin();
      cloud.faults.next(route, { reset: 200 });
      const events = await run.valuesOf(second.resume);
      const [kept = []] = await run.valuesOf(second.history);
      expect(events.filter(isWhole)).toEqual(kept.slice(1));
      expect(events.at(-1)).toMatchObject({ type: 'stop', is_error: false });
      expect(messages(run)).toBe(4);
    },
  );

  fault(
    60,
    'events after `stop`',
    {
      behaviour:
        'The stream completes at `stop`, and the socket is closed: what follows is not read.',
    },
    async (run) => {
      const { cloud, begin } = await startTalk(run);
      cloud.faults.next(route, { chat: 'more-after-stop' });
      const { say } = await begin();
      expect((await run.valuesOf(say)).at(-1)).toMatchObject({ type: 'stop', is_error: false });

      const server = await serve(run, () => [`${frame(stop)}${frame(delta)}data: no JSON\n\n`]);
      expect(await run.valuesOf(ask(run.connect(server)))).toEqual([stop]);
      await server.until(() => server.sockets() === 0);
    },
  );

  fault(
    61,
    '`stop` with `is_error`',
    {
      behaviour:
        'A value like any other end of a turn, with the usage. `throwIfChatFailed` makes a `JobError` of it that carries it.',
    },
    async (run) => {
      const failed: ChatEvent = { ...stop, is_error: true, error: 'The model is not there.' };
      const server = await serve(run, () => [frame(delta), frame(failed)]);
      const connection = run.connect(server);
      expect(await run.valuesOf(ask(connection))).toEqual([delta, failed]);
      const turn = run.watch(ask(connection).pipe(throwIfChatFailed()));
      await run.ended(turn);
      expect(turn.values).toEqual([delta]);
      expect(turn.error).toMatchObject({ name: 'JobError', kind: 'failed', job: failed });
      expect(turn.error).toHaveProperty('message', expect.stringContaining('model is not there'));
    },
  );

  fault(
    62,
    'data that is not JSON, or no object',
    {
      behaviour:
        'A `StreamError` of the kind `parse` rather than a turn with a hole. `resumeChat` reads the event from the history.',
    },
    async (run) => {
      for (const data of ['{"type":"text","content":', '[DONE', '"text"', 'null']) {
        const server = await serve(run, () => [frame(delta), `data: ${data}\n\n`, frame(stop)]);
        const turn = run.watch(ask(run.connect(server)));
        await run.ended(turn);
        expect(turn.values).toEqual([delta]);
        expect(turn.error).toMatchObject({ name: 'StreamError', kind: 'parse', received: [delta] });
        await server.until(() => server.sockets() === 0);
      }

      const { cloud, begin } = await startTalk(run);
      cloud.faults.next(route, { chat: 'bad-json' });
      const { resume, history } = await begin();
      const events = await run.valuesOf(resume);
      const [kept = []] = await run.valuesOf(history);
      expect(events.filter(isWhole)).toEqual(kept.slice(1));
    },
  );

  fault(
    63,
    'an event of a type that nobody knows',
    {
      behaviour:
        'Emitted like the others, as it came; `chatText` and `chatTranscript` pass over it.',
    },
    async (run) => {
      const { cloud, begin } = await startTalk(run);
      cloud.faults.next(route, { chat: 'unknown-type' });
      const { say, history } = await begin();
      const [unknown, ...events] = await run.valuesOf(say);
      expect(unknown).toEqual({ type: 'weather', content: 'fair' });
      const [kept = []] = await run.valuesOf(history);
      expect(await textOf([unknown, ...events])).toBe(await textOf(kept));
    },
  );

  fault(
    64,
    'JSON with status 200 where events are due',
    {
      behaviour:
        'A `ResponseError` of the kind `content-type` with the server’s words in the message and its JSON as `snippet`; not sent again.',
    },
    async (run) => {
      const refusal = { detail: 'The session is being upgraded.' };
      const server = await run.server((_, response) => json(response, refusal));
      const error = await run.errorOf(ask(run.connect(server)));
      expect(error).toMatchObject({ name: 'ResponseError', kind: 'content-type', attempts: 1 });
      expect(error).toHaveProperty('snippet', JSON.stringify(refusal));
      expect(error.message).toContain(
        'the answer is application/json where text/event-stream is due: The session is being upgraded.',
      );
    },
  );

  fault(
    65,
    'a subscriber that is slower than the server',
    {
      behaviour:
        'One that blocks slows the server down through the socket. A loop over `toAsyncIterable` keeps what comes meanwhile: all of it, or at most `capacity` events.',
    },
    async (run) => {
      await using flood = await startFlood();
      const connection = run.connect(flood);
      const asleep = new Int32Array(new SharedArrayBuffer(4));
      const inFlight: number[] = [];
      let taken = 0;
      const blocking = ask(connection).pipe(
        tap(() => {
          taken += 1;
          if (taken % 100 === 0) {
            // Until the server cannot get rid of any more.
            for (let before = -1; before !== flood.written(); Atomics.wait(asleep, 0, 0, 20)) {
              before = flood.written();
            }
            inFlight.push(flood.written() - taken * FLOOD_EVENT);
          }
        }),
        map(() => inFlight.length),
        takeWhile((rounds) => rounds < 4),
      );
      await run.valuesOf(blocking);
      // What the system's buffers hold, and no more the longer it goes on.
      expect(Math.max(...inFlight)).toBeLessThan(24 * 2 ** 20);

      let left = false;
      const watched = ask(connection).pipe(finalize(() => (left = true)));
      const loop = toAsyncIterable(watched, { strategy: 'error', capacity: 100 });
      const events = loop[Symbol.asyncIterator]();
      expect(await events.next()).toHaveProperty('value.type', 'text_delta');
      await eventually(() => expect(left).toBe(true), 5_000);
      await expect(events.next()).rejects.toBeInstanceOf(OverflowError);
    },
  );

  fault(
    66,
    'a turn that is unsubscribed in its middle',
    {
      behaviour:
        'The socket is closed within 50 ms, nothing is emitted after it, and calls beside it go on.',
    },
    async (run) => {
      let closedAt = 0;
      const server = await run.server((_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const drip = setInterval(() => response.write(frame(delta)), 1);
        response.on('close', () => {
          clearInterval(drip);
          closedAt = performance.now();
        });
      });
      const connection = run.connect(server);
      const beside = run.watch(ask(connection));
      const took: number[] = [];
      for (let turns = 0; turns < 5; turns += 1) {
        const turn = run.watch(ask(connection));
        await eventually(() => expect(turn.values.length).toBeGreaterThan(2), 5_000);
        closedAt = 0;
        const leftAt = performance.now();
        turn.unsubscribe();
        await eventually(() => expect(closedAt).toBeGreaterThan(0), 5_000);
        took.push(closedAt - leftAt);
      }
      // One of them may have met a busy moment of the machine.
      expect(took.sort((a, b) => a - b)[2]).toBeLessThan(50);

      const before = beside.values.length;
      await eventually(() => expect(beside.values.length).toBeGreaterThan(before), 5_000);
      beside.unsubscribe();
      await server.until(() => server.sockets() === 0);
    },
  );
});
