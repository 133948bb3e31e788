import {
  EMPTY,
  lastValueFrom,
  map,
  type Observable,
  of,
  Subject,
  take,
  tap,
  throwError,
  toArray,
} from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatUsage } from '../../src/operators/chatUsage.ts';
import { getChatSession } from '../../src/sources/chat.ts';
import type { ChatEvent, StreamChatBody } from '../../src/types/chat.ts';
import { chatLoop, type ChatStep } from '../../src/workflows/chatLoop.ts';
import { connectTo } from '../support/operation.ts';
import { json, startServer, type TestServer } from '../support/server.ts';
import { type ChatCloud, startChatCloud } from './support/chatCloud.ts';

const stream = 'POST /api/v1/chat/{session_id}/messages/stream';
const interval = { min: 1, max: 5 };

describe('against the embedded cloud', () => {
  let chat: ChatCloud;
  beforeAll(async () => {
    chat = await startChatCloud();
  });
  afterAll(() => chat[Symbol.asyncDispose]());

  it('asks one question after another, in order, through broken connections', async () => {
    const sessionId = await chat.newSession();
    const asked = ['Why did apples grow?', 'Where is the cold store?', 'What of 2026?'];
    chat.cloud.faults.next(stream, { reset: 900 }, 2);
    const steps = await lastValueFrom(
      chatLoop(chat.connection, sessionId, asked, { indexIds: [chat.indexId], interval }).pipe(
        toArray(),
      ),
    );

    const ends = steps.filter(({ event }) => event.type === 'stop');
    expect(ends.map(({ index, question }) => [index, question])).toEqual([...asked.entries()]);
    expect(steps.map(({ index }) => index)).toEqual(steps.map(({ index }) => index).sort());

    const { events } = await lastValueFrom(getChatSession(chat.connection, sessionId));
    expect(events.flatMap((e) => (e.type === 'user_input' ? [e.content] : []))).toEqual(asked);
    const replies = events.flatMap((event) => (event.type === 'text' ? [event.content] : []));
    const shown = ends.map(({ transcript }) => transcript.blocks.at(-1));
    expect(shown).toMatchObject(replies.map((content) => ({ type: 'text', content, done: true })));
  });

  it('does not take an old answer for that to a question which was lost', async () => {
    const sessionId = await chat.newSession();
    const config = { indexIds: [chat.indexId], interval, arrival: 20 };
    const question = 'Why did apples grow?';
    await lastValueFrom(chatLoop(chat.connection, sessionId, [question], config));

    const ends: number[] = [];
    const lost = chatLoop(
      chat.connection,
      sessionId,
      function* () {
        yield question;
        chat.cloud.faults.next(stream, { reset: 'before-headers' });
        yield question;
      }.call(undefined),
      config,
    ).pipe(tap(({ event, index }) => event.type === 'stop' && ends.push(index)));
    await expect(lastValueFrom(lost)).rejects.toMatchObject({
      name: 'NetworkError',
      ambiguous: false,
    });
    expect(ends).toEqual([0]);
    const { events } = await lastValueFrom(getChatSession(chat.connection, sessionId));
    expect(events.filter(({ type }) => type === 'user_input')).toHaveLength(2);
  });

  it('sums what the turns took', async () => {
    const sessionId = await chat.newSession();
    const config = { indexIds: [chat.indexId] };
    const questions = ['Why did apples grow?', 'And pears?'];
    const totals = chatLoop(chat.connection, sessionId, questions, config).pipe(
      map(({ event }) => event),
      chatUsage(),
    );
    expect(await lastValueFrom(totals)).toMatchObject({ turns: 2, failed: 0 });
  });
});

const stop: ChatEvent = { type: 'stop', is_error: true, error: 'no model', usage: {} };
const frame = (event: ChatEvent): string => `data: ${JSON.stringify(event)}\n\n`;

/** A server that answers each prompt with itself, and a prompt `slow` without an end. */
function startEcho(): Promise<TestServer> {
  return startServer((request, response) => {
    if (request.method === 'GET') {
      json(response, { session_id: 'ses-1', events: [] });
      return;
    }
    const { prompt } = request.json() as StreamChatBody;
    if (prompt === 'bad') {
      json(response, { detail: 'too long' }, 422);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(frame({ type: 'text', content: prompt }));
    if (prompt !== 'slow') {
      response.end(frame(stop));
    }
  });
}

const config = { indexIds: ['idx-1'], interval };
const text = ({ event }: ChatStep): string => (event.type === 'text' ? event.content : event.type);

describe('chatLoop', () => {
  it('goes on after a turn that failed, and completes with its questions', async () => {
    await using server = await startEcho();
    const steps = chatLoop(connectTo(server.url), 'ses-1', of('a', 'b'), config);
    expect(await lastValueFrom(steps.pipe(map(text), toArray()))).toEqual([
      'a',
      'stop',
      'b',
      'stop',
    ]);
  });

  it('waits with a question until the answer before it is complete', async () => {
    await using server = await startEcho();
    const questions = new Subject<string>();
    const came: string[] = [];
    const subscription = chatLoop(connectTo(server.url), 'ses-1', questions, config).subscribe(
      (step) => {
        came.push(text(step));
        // While the answer is under way.
        if (text(step) === 'a') {
          questions.next('slow');
          questions.next('c');
        }
      },
    );
    questions.next('a');
    await server.until(() => server.requests.length === 3);
    await expect.poll(() => came).toEqual(['a', 'stop', 'slow']);
    expect(server.requests).toHaveLength(3);

    subscription.unsubscribe();
    await server.until(() => server.sockets() === 0);
    expect(questions.observed).toBe(false);
  });

  it('asks a generator for the next question when the answer is complete, and closes it', async () => {
    await using server = await startEcho();
    const log: string[] = [];
    async function* questions(): AsyncGenerator<string> {
      try {
        for (let n = 1; ; n += 1) {
          log.push(`asked for ${n}`);
          yield await Promise.resolve(`question ${n}`);
        }
      } finally {
        log.push('closed');
      }
    }
    const steps = chatLoop(connectTo(server.url), 'ses-1', questions(), config).pipe(
      map(text),
      tap((said) => log.push(said)),
      take(3),
    );
    await lastValueFrom(steps);
    await expect.poll(() => log).toContain('closed');
    expect(log).toEqual([
      'asked for 1',
      'question 1',
      'stop',
      'asked for 2',
      'question 2',
      'closed',
    ]);
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'POST', 'POST']);
  });

  it('takes generators that never end, arrays and promises', async () => {
    await using server = await startEcho();
    function* endless(): Generator<string> {
      for (;;) {
        yield 'a';
      }
    }
    for (const questions of [endless(), ['a', 'b'], Promise.resolve('a')]) {
      const steps = chatLoop(connectTo(server.url), 'ses-1', questions, config);
      expect(await lastValueFrom(steps.pipe(map(text), take(2), toArray()))).toEqual(['a', 'stop']);
    }
  });

  it('is silent without questions, empty with none, and passes their error on', async () => {
    await using server = await startEcho();
    const loop = (questions: Observable<string>) =>
      chatLoop(connectTo(server.url), 'ses-1', questions, config).pipe(toArray());
    const silent = new Subject<string>();
    const subscription = loop(silent).subscribe();
    expect(silent.observed).toBe(true);
    subscription.unsubscribe();

    expect(await lastValueFrom(loop(EMPTY))).toEqual([]);
    const broken = loop(throwError(() => new Error('keyboard')));
    await expect(lastValueFrom(broken)).rejects.toThrow('keyboard');
    expect(server.requests).toHaveLength(0);
  });

  it('ends with an error when a question is refused', async () => {
    await using server = await startEcho();
    const steps = chatLoop(connectTo(server.url), 'ses-1', ['a', 'bad', 'c'], config);
    await expect(lastValueFrom(steps)).rejects.toMatchObject({ name: 'HttpError', status: 422 });
    expect(server.requests).toHaveLength(3);
  });

  it('begins anew for each subscription', async () => {
    await using server = await startEcho();
    const steps = chatLoop(connectTo(server.url), 'ses-1', ['a'], config).pipe(toArray());
    const first = await lastValueFrom(steps);
    expect(await lastValueFrom(steps)).toEqual(first);
    expect(first.at(-1)?.transcript.blocks).toHaveLength(1);
  });

  it('refuses when called what it could not ask', () => {
    const connection = connectTo('http://localhost:1');
    expect(() => chatLoop(connection, 'ses-1', [], { indexIds: [] })).toThrow(RangeError);
    expect(() => chatLoop(connection, 'ses-1', [], { ...config, timeout: -1 })).toThrow(RangeError);
    expect(() => chatLoop(connection, 'ses-1', 'Why?', config)).toThrow(TypeError);
  });
});
