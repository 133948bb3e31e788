import {
  asyncScheduler,
  concatMap,
  firstValueFrom,
  from,
  last,
  lastValueFrom,
  type SchedulerAction,
  type SchedulerLike,
  take,
  toArray,
} from 'rxjs';
import type { Fault } from 'rx-llamacloud-local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatTranscript } from '../../src/operators/chatTranscript.ts';
import { getChatSession } from '../../src/sources/chat.ts';
import type { ChatEvent, ChatRun } from '../../src/types/chat.ts';
import { resumeChat } from '../../src/workflows/resumeChat.ts';
import { connectTo } from '../support/operation.ts';
import { json, startServer, type TestServer } from '../support/server.ts';
import { type ChatCloud, startChatCloud } from './support/chatCloud.ts';

const stream = 'POST /api/v1/chat/{session_id}/messages/stream';
const history = 'GET /api/v1/chat/{session_id}';
const prompt = 'Why did apples grow?';
const interval = { min: 1, max: 5 };

/** Bytes that the embedded cloud sends for these events. */
function sizeOf(events: readonly ChatEvent[]): number {
  const frames = events.map((event) => {
    const name = isPiece(event) ? 'delta' : 'message';
    return `event: ${name}\ndata: ${JSON.stringify(event)}\n\n`;
  });
  return Buffer.byteLength(frames.join(''));
}

const isPiece = ({ type }: ChatEvent): boolean => type.endsWith('_delta');

describe('against the embedded cloud', () => {
  let chat: ChatCloud;
  beforeAll(async () => {
    chat = await startChatCloud();
  });
  afterAll(() => chat[Symbol.asyncDispose]());

  /** Asks with this fault in the answer; gives what came and what the session holds afterwards. */
  async function ask(fault?: Fault): Promise<{ came: ChatEvent[]; held: readonly ChatEvent[] }> {
    const sessionId = await chat.newSession();
    if (fault) {
      chat.cloud.faults.next(stream, fault);
    }
    const body = { index_ids: [chat.indexId], prompt };
    const came = await lastValueFrom(
      resumeChat(chat.connection, sessionId, body, { interval }).pipe(toArray()),
    );
    const { events } = await lastValueFrom(getChatSession(chat.connection, sessionId));
    return { came, held: events };
  }

  async function finalReply(events: readonly ChatEvent[]): Promise<unknown> {
    const { blocks } = await lastValueFrom(from(events).pipe(chatTranscript(), last()));
    return blocks.flatMap((block) => (block.type === 'text' ? [block] : []));
  }

  it.each<Fault>([
    ...[0, 60, 150, 400, 900, 1_700, 3_000, 4_500, 6_000, 8_000].map((reset) => ({ reset })),
    { reset: 'before-headers', carriedOut: true },
    { reset: 'in-headers', carriedOut: true },
    { status: 504, carriedOut: true },
    { chat: 'end-before-stop' },
    { chat: 'unended-event' },
    { chat: 'bad-json' },
    { chat: 'split-bytes' },
  ])('gives the whole turn, nothing twice, with %j', async (fault) => {
    const whole = await ask();
    const { came, held } = await ask(fault);

    expect(held.filter(({ type }) => type === 'user_input')).toHaveLength(1);
    expect(came.filter((event) => !isPiece(event))).toEqual(held.slice(1));
    expect(await finalReply(came)).toEqual(await finalReply(whole.came));
    expect(came.at(-1)?.type).toBe('stop');
  });

  it('goes on with the very letter where the pieces broke off', async () => {
    const { came: whole } = await ask();
    const spoken = whole.filter(({ type }) => type === 'text_delta').length;
    expect(spoken).toBeGreaterThan(4);
    // The ids and times of another run are others, and as long.
    const begin = sizeOf(
      whole.slice(
        0,
        whole.findIndex(({ type }) => type === 'text_delta'),
      ),
    );
    const end = sizeOf(whole.slice(0, -2));

    for (const share of [0.3, 0.5, 0.7]) {
      const { came } = await ask({ reset: Math.round(begin + share * (end - begin)) });
      const pieces = came.flatMap((event) => (event.type === 'text_delta' ? [event.content] : []));
      expect(pieces.length).toBeGreaterThan(1);
      expect(pieces.length).toBeLessThan(spoken);
      expect(came.at(-2)).toEqual({ type: 'text', content: pieces.join('') });
    }
  });

  it('waits out a history that cannot be read', async () => {
    chat.cloud.faults.next(history, { status: 503 }, 5);
    const before = chat.cloud.faults.met;
    const { came, held } = await ask({ reset: 300 });
    expect(came.filter((event) => !isPiece(event))).toEqual(held.slice(1));
    expect(chat.cloud.faults.met - before).toBe(6);
  });

  it('says that a message never arrived, which may be sent again then', async () => {
    const sessionId = await chat.newSession();
    chat.cloud.faults.next(stream, { reset: 'before-headers' });
    const body = { index_ids: [chat.indexId], prompt };
    const lost = resumeChat(chat.connection, sessionId, body, { interval, arrival: 20 });
    await expect(lastValueFrom(lost)).rejects.toMatchObject({
      name: 'NetworkError',
      ambiguous: false,
      retryable: true,
      cause: { name: 'NetworkError', ambiguous: true },
      message: expect.stringMatching(/has not arrived: after \d+ ms .* Send it again\.$/) as string,
    });
    expect((await lastValueFrom(lost.pipe(toArray()))).at(-1)?.type).toBe('stop');
  });

  it.each(['given', 'not given'])(
    'tells a lost message from an earlier one with the same words, their count %s',
    async (count) => {
      const sessionId = await chat.newSession();
      const body = { index_ids: [chat.indexId], prompt };
      const turn = (turnsBefore: number) =>
        lastValueFrom(
          resumeChat(chat.connection, sessionId, body, {
            interval,
            arrival: 20,
            ...(count === 'given' && { turnsBefore }),
          }),
        );
      await turn(0);
      chat.cloud.faults.next(stream, { reset: 'before-headers' });
      await expect(turn(1)).rejects.toMatchObject({ name: 'NetworkError', ambiguous: false });
      // One that arrives is found behind the old one.
      chat.cloud.faults.next(stream, { reset: 'before-headers', carriedOut: true });
      expect(await turn(1)).toMatchObject({ type: 'stop', is_error: false });
      const { events } = await lastValueFrom(getChatSession(chat.connection, sessionId));
      expect(events.filter(({ type }) => type === 'user_input')).toHaveLength(2);
    },
  );

  it('passes on what the server refuses', async () => {
    const body = { index_ids: [chat.indexId], prompt };
    const refused = lastValueFrom(resumeChat(chat.connection, 'ses-none', body, { interval }));
    await expect(refused).rejects.toMatchObject({ name: 'HttpError', status: 404 });
  });
});

const delta = (content: string): ChatEvent => ({ type: 'text_delta', content });
const text = (content: string): ChatEvent => ({ type: 'text', content });
const said: ChatEvent = { type: 'user_input', content: prompt };
const call: ChatEvent = { type: 'tool_call', call_id: '1', name: 'read', arguments: {} };
const result: ChatEvent = { type: 'tool_result', call_id: '1', name: 'read', result: 'page' };
const stop: ChatEvent = { type: 'stop', is_error: false, error: null, usage: { turns: 2 } };
const body = { index_ids: ['idx-1'], prompt };

/** A server that breaks the stream off after `sent`, and has one history after another, the last one for ever. */
function startBroken(
  sent: readonly ChatEvent[],
  histories: readonly (readonly ChatEvent[])[],
  job_metadata: ChatRun | null = null,
): Promise<TestServer> {
  let reads = 0;
  return startServer(({ method }, response) => {
    if (method === 'POST') {
      const frames = sent.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(frames);
      return;
    }
    const events = histories[Math.min(reads, histories.length - 1)];
    reads += 1;
    json(response, {
      session_id: 'ses-1',
      last_updated_at: `after ${events?.length}`,
      job_metadata,
      events,
    });
  });
}

/** Time that passes a thousand times as fast. */
const hurried: SchedulerLike = {
  now: () => asyncScheduler.now() * 1_000,
  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T) {
    return asyncScheduler.schedule(work, delay / 1_000, state);
  },
};

describe('a turn that goes on after the stream broke', () => {
  const events = (server: TestServer, config = {}) =>
    lastValueFrom(
      resumeChat(connectTo(server.url), 'ses-1', body, {
        interval,
        turnsBefore: 0,
        ...config,
      }).pipe(toArray()),
    );

  it('comes as the history grows, which may be behind at first', async () => {
    await using server = await startBroken(
      [call, result, delta('App')],
      [[], [said], [said, call], [said, call, result], [said, call, result, text('Apples.'), stop]],
    );
    expect(await events(server)).toEqual([
      call,
      result,
      delta('App'),
      delta('les.'),
      text('Apples.'),
      stop,
    ]);
    expect(server.requests.map(({ method }) => method)).toEqual([
      'POST',
      ...Array.from({ length: 5 }, () => 'GET'),
    ]);
  });

  it('is corrected by the history where its pieces said something else', async () => {
    await using server = await startBroken([delta('App')], [[said, text('Pears.'), stop]]);
    expect(await events(server)).toEqual([delta('App'), text('Pears.'), stop]);
  });

  it('is found under other words and in the middle of a session', async () => {
    await using server = await startBroken(
      [delta('App')],
      [[said, text('Old.'), stop, { ...said, content: 'trimmed' }, text('Apples.'), stop]],
    );
    const turnsBefore = 1;
    expect(await events(server, { turnsBefore })).toEqual([
      delta('App'),
      delta('les.'),
      text('Apples.'),
      stop,
    ]);
  });

  it('is not taken for an older one with the same words while the history is behind', async () => {
    const old = [said, text('Old.'), stop];
    await using server = await startBroken(
      [delta('App')],
      [old, old, [...old, said], [...old, said, text('Apples.'), stop]],
    );
    expect(await events(server, { turnsBefore: undefined })).toEqual([
      delta('App'),
      delta('les.'),
      text('Apples.'),
      stop,
    ]);
  });

  it('cannot be told where there was no history to count in, which is said', async () => {
    await using server = await startServer(({ method }, response) =>
      method === 'POST'
        ? void response.writeHead(200, { 'content-type': 'text/event-stream' }).end()
        : json(response, { detail: 'no' }, 404),
    );
    await expect(events(server, { turnsBefore: undefined })).rejects.toMatchObject({
      name: 'NetworkError',
      ambiguous: true,
      message: expect.stringContaining('Look for it with getChatSession') as string,
      cause: { name: 'StreamError' },
    });
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'POST']);
  });

  it('is looked for no longer than patience lasts', async () => {
    let reads = 0;
    await using server = await startServer(({ method }, response) =>
      method === 'POST'
        ? void response.writeHead(200, { 'content-type': 'text/event-stream' }).end()
        : json(response, { events: [] }, reads++ < 1 ? 200 : 503),
    );
    await expect(events(server, { patience: 20, turnsBefore: undefined })).rejects.toMatchObject({
      status: 503,
      message: expect.stringContaining('(patience: 20)') as string,
    });
  });

  it('ends at the next message of the user', async () => {
    const next: ChatEvent = { type: 'user_input', content: 'And pears?' };
    await using server = await startBroken([], [[said, text('Apples.'), next, text('No.')]]);
    const end = { type: 'stop', is_error: false, error: null, usage: {} };
    expect(await events(server)).toEqual([text('Apples.'), end]);
  });

  it('ends with a reply and silence where the history keeps no stop', async () => {
    await using server = await startBroken([call], [[said, call, result, text('Apples.')]], {
      is_error: true,
      error: 'out of tokens',
      turns: 2,
      export_config_ids: ['exp-1'],
    });
    const fast = { scheduler: hurried, interval: { min: 2_000, max: 4_000 } };
    expect(await events(server, fast)).toEqual([
      call,
      result,
      text('Apples.'),
      { type: 'stop', is_error: true, error: 'out of tokens', usage: { turns: 2 } },
    ]);
    expect(server.requests.length).toBeGreaterThan(2);
  });

  it('is given up when the time is over', async () => {
    await using server = await startBroken([call], [[said, call]]);
    const fast = { scheduler: hurried, interval: { min: 2_000, max: 4_000 }, timeout: 60_000 };
    await expect(events(server, fast)).rejects.toMatchObject({
      name: 'JobError',
      kind: 'timeout',
      job: { events: [said, call] },
      cause: { name: 'StreamError', received: [call] },
    });
  });

  it('is not asked for any more once unsubscribed', async () => {
    await using server = await startBroken([call], [[said, call]]);
    const turn = resumeChat(connectTo(server.url), 'ses-1', body, { interval });
    const subscription = turn.subscribe();
    await server.until(() => server.requests.length > 3);
    subscription.unsubscribe();
    await server.until(() => server.sockets() === 0);
    const asked = server.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(server.requests).toHaveLength(asked);
  });

  it('is an error when the session is none', async () => {
    await using server = await startServer(({ method }, response) =>
      method === 'POST'
        ? void response.writeHead(200, { 'content-type': 'text/event-stream' }).end()
        : json(response, { session_id: 'ses-1' }),
    );
    await expect(events(server)).rejects.toMatchObject({ name: 'ResponseError', kind: 'parse' });
  });
});

describe('resumeChat', () => {
  it('reads no history when the stream is whole and the turns are counted, and sends nothing before it is subscribed', async () => {
    await using server = await startBroken([delta('a'), text('a'), stop], []);
    const turn = resumeChat(connectTo(server.url), 'ses-1', body, { turnsBefore: 0 });
    expect(server.requests).toHaveLength(0);
    expect(await lastValueFrom(turn.pipe(toArray()))).toEqual([delta('a'), text('a'), stop]);
    expect(server.requests).toHaveLength(1);
  });

  it('begins anew for each subscription', async () => {
    await using server = await startBroken([delta('App')], [[said, text('Apples.'), stop]]);
    const turn = resumeChat(connectTo(server.url), 'ses-1', body, { interval, turnsBefore: 0 });
    const twice = from([turn, turn]).pipe(concatMap((events) => events.pipe(take(2), toArray())));
    expect(await lastValueFrom(twice.pipe(toArray()))).toEqual([
      [delta('App'), delta('les.')],
      [delta('App'), delta('les.')],
    ]);
    expect(await firstValueFrom(turn)).toEqual(delta('App'));
  });

  it('refuses times that cannot be meant when called', () => {
    const connection = connectTo('http://localhost:1');
    for (const config of [{ arrival: -1 }, { timeout: 0 }, { turnsBefore: -1 }]) {
      expect(() => resumeChat(connection, 'ses-1', body, config)).toThrow(RangeError);
    }
  });
});
