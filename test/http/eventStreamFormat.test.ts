import { gzipSync } from 'node:zlib';
import { Observable } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ResponseError, StreamError } from '../../src/errors.ts';
import { connect } from '../../src/http/connection.ts';
import { eventStream } from '../../src/http/eventStream.ts';
import { eventStreams } from '../support/eventStreams.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** What the server answers with next. */
interface NextAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly pieces: readonly Uint8Array[];
  /** Whether the stream stays open after the last piece. */
  readonly open?: boolean;
}

const route = 'POST /api/v1/chat/{session_id}/messages/stream';
const plain = { 'content-type': 'text/event-stream' };

let answer: NextAnswer;
let server: TestServer;

beforeAll(async () => {
  server = await startServer(async (_, response) => {
    const { headers, pieces, open } = answer;
    response.writeHead(200, { ...headers, connection: 'close' }).flushHeaders();
    for (const piece of pieces) {
      response.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (!open) {
      response.end();
    }
  });
});
afterAll(() => server[Symbol.asyncDispose]());

/** All that comes of the next answer. No event is its last, so that it ends with an error. */
async function outcomeOf(next: NextAnswer): Promise<{ events: object[]; error: unknown }> {
  answer = next;
  const events: object[] = [];
  const connection = connect({ token: 't', baseUrl: server.url });
  const source: Observable<object> = eventStream(connection, route, {
    params: { session_id: 's' },
    isLast: () => false,
  });
  return new Promise((resolve) => {
    source.subscribe({
      next: (event) => events.push(event),
      error: (error: unknown) => resolve({ events, error }),
    });
  });
}

/** The bytes in pieces of odd lengths. */
function oddPieces(bytes: Uint8Array): Uint8Array[] {
  const lengths = [1, 5, 3, 11, 2, 7];
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = start + (lengths[pieces.length % lengths.length] ?? 1);
    pieces.push(bytes.subarray(start, end));
    start = end;
  }
  return pieces;
}

describe('a stream of events that comes over a socket in odd pieces', () => {
  it.each(eventStreams)('is read with $title', async ({ stream, data }) => {
    const pieces = oddPieces(Buffer.from(stream));
    const { events, error } = await outcomeOf({ headers: plain, pieces });
    expect(events).toEqual(
      data.filter((text) => text.trim() !== '').map((text) => JSON.parse(text) as unknown),
    );
    expect(error).toBeInstanceOf(StreamError);
    expect(error).toMatchObject({ kind: 'incomplete', received: events });
  });
});

describe('the content type of a stream of events', () => {
  const event = Buffer.from('data: {"text":"é"}\n\n');

  it.each([
    'text/event-stream',
    'TEXT/Event-Stream',
    'text/event-stream;',
    'text/event-stream ; x=y',
    'text/event-stream;charset=utf-8',
    'text/event-stream; charset=windows-1252',
  ])('may be %s, and the stream is UTF-8', async (type) => {
    const { events } = await outcomeOf({ headers: { 'content-type': type }, pieces: [event] });
    expect(events).toEqual([{ text: 'é' }]);
  });

  it.each([
    'text/event-stream-x',
    'text/event',
    'text/plain',
    'application/json; text/event-stream',
  ])('may not be %s', async (type) => {
    const { events, error } = await outcomeOf({
      headers: { 'content-type': type },
      pieces: [event],
    });
    expect(events).toEqual([]);
    expect(error).toBeInstanceOf(ResponseError);
    expect(error).toMatchObject({ kind: 'content-type', snippet: event.toString() });
    expect((error as Error).message).toContain(`the answer is ${type} where`);
  });

  it('may not be missing', async () => {
    const { error } = await outcomeOf({ headers: {}, pieces: [event] });
    expect(error).toMatchObject({ name: 'ResponseError', kind: 'content-type' });
    expect((error as Error).message).toContain('the answer is of no type where');
  });

  it.each(['gzip', 'br', 'identity, gzip'])(
    'does not help when the events are compressed: %s',
    async (encoding) => {
      const { events, error } = await outcomeOf({
        headers: { ...plain, 'content-encoding': encoding },
        pieces: [gzipSync(event)],
        open: true,
      });
      expect(events).toEqual([]);
      expect(error).toMatchObject({ name: 'ResponseError', kind: 'decode' });
      await server.until(() => server.sockets() === 0);
    },
  );

  it('is enough where the encoding is said to be none', async () => {
    const headers = { ...plain, 'content-encoding': 'identity' };
    const { events } = await outcomeOf({ headers, pieces: [event] });
    expect(events).toEqual([{ text: 'é' }]);
  });
});
