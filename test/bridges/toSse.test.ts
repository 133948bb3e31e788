import { map, NEVER, type Observable, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { toSse } from '../../src/bridges/toSse.ts';
import type { SseMessage } from '../../src/bridges/sse/sseMessage.ts';
import { FileError, HttpError, JobError } from '../../src/errors.ts';
import { marbles } from '../support/marbles.ts';

/** The message with the run's own part of its id as `run`. */
function anyRun(message: SseMessage): SseMessage {
  return message.id === undefined
    ? message
    : { ...message, id: message.id.replace(/^[\da-f]{8}\./, 'run.') };
}

function message(number: number, data: string, rest: SseMessage = {}): SseMessage {
  return { data: JSON.stringify(data), id: `run.${number}`, ...rest };
}

const end: SseMessage = { type: 'end', data: 'null', id: 'run.end' };
const failed: SseMessage = {
  type: 'error',
  data: '{"kind":"Error","message":"Something went wrong on the server."}',
  id: 'run.end',
};
const values = { a: message(1, 'a'), b: message(2, 'b'), c: message(3, 'c'), e: end, f: failed };

/** What a client is told, and under which id it may come back. */
function listen(stream: Observable<SseMessage>): SseMessage[] {
  const seen: SseMessage[] = [];
  stream.subscribe((each) => seen.push(each));
  return seen;
}

describe('the messages of toSse', () => {
  marbles(
    'number the values, and say that the source has completed',
    ({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const source = cold('-a-b--|');
      const subs = '       ^-----!';
      const expected = '   -a-b--(e|)';

      const messages = toSse(source, { scheduler }).messages();
      expectObservable(messages.pipe(map(anyRun))).toBe(expected, values);
      expectSubscriptions(source.subscriptions).toBe(subs);
    },
  );

  marbles('are none for a silent source', ({ cold, expectObservable }, scheduler) => {
    expectObservable(toSse(cold('-'), { heartbeat: Infinity, scheduler }).messages()).toBe('-');
  });

  marbles('are the end alone for an empty source', ({ cold, expectObservable }, scheduler) => {
    const messages = toSse(cold('--|'), { scheduler }).messages();
    expectObservable(messages.pipe(map(anyRun))).toBe('--(e|)', values);
  });

  marbles('have an error of the source as the last', ({ cold, expectObservable }, scheduler) => {
    const messages = toSse(cold('a-#'), { scheduler }).messages();
    expectObservable(messages.pipe(map(anyRun))).toBe('a-(f|)', values);
  });

  marbles(
    'end the subscription to the source with their own',
    ({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const source = cold('a-b-c-|');
      const unsub = '      ---!';

      const messages = toSse(source, { scheduler }).messages();
      expectObservable(messages.pipe(map(anyRun)), unsub).toBe('a-b-', values);
      expectSubscriptions(source.subscriptions).toBe('^--!');
    },
  );

  marbles('begin anew for each client', ({ cold, expectObservable }, scheduler) => {
    const messages = toSse(cold('a-b|'), { scheduler }).messages().pipe(map(anyRun));

    expectObservable(messages).toBe('a-b(e|)', values);
    expectObservable(messages, '--^').toBe('--a-b(e|)', values);
  });

  marbles(
    'are mixed with comments while nothing happens',
    ({ cold, expectObservable }, scheduler) => {
      const messages = toSse(cold('a 9ms |'), { heartbeat: 4, scheduler }).messages();
      const expected = '           a---h---h-(e|)';
      expectObservable(messages.pipe(map(anyRun))).toBe(expected, {
        ...values,
        h: { comment: '', id: 'run.1' },
      });
    },
  );

  marbles('turn a callback that throws into an error', ({ cold, expectObservable }, scheduler) => {
    const circle: unknown[] = [];
    circle.push(circle);
    const feeds = [
      toSse(cold('ab|'), { scheduler, data: throwing }),
      toSse(cold('ab|'), { scheduler, event: throwing }),
      toSse(cold('ab|'), { scheduler, event: () => 'a\nid: 7' }),
      toSse(cold('ab|'), { scheduler, event: () => '' }),
      toSse(cold('ab|'), { scheduler, event: () => 'end' }),
      toSse(cold('ab|', { a: circle }), { scheduler }),
      toSse(
        throwError(() => new Error('secret')),
        { scheduler, error: throwing },
      ),
    ];
    for (const { messages } of feeds) {
      expectObservable(messages().pipe(map(anyRun))).toBe('(f|)', values);
    }
  });

  it('carry names, a time to wait in the first one, and content of your own', () => {
    const feed = toSse(of('a', undefined), {
      event: (value) => (value === undefined ? undefined : 'letter'),
      retry: 500,
    });
    expect(listen(feed.messages()).map(anyRun)).toEqual([
      message(1, 'a', { type: 'letter', retry: 500 }),
      { data: 'null', id: 'run.2' },
      end,
    ]);
    const plain = toSse(of('a'), { data: (value) => `<${value}>` });
    expect(listen(plain.messages())[0]).toMatchObject({ data: '<a>' });
  });

  it.each([
    ['an answer', httpError(), { kind: 'HttpError', status: 404 }],
    ['a job', new JobError('j', { kind: 'cancelled', job: {} }), { kind: 'JobError' }],
    ['a file', new FileError('f', { kind: 'unreadable', path: '/secret' }), { kind: 'FileError' }],
    ['anything', new Error('at /secret'), { kind: 'Error' }],
    ['no error at all', undefined, { kind: 'Error' }],
  ])('say of %s what kind of error it is, and nothing secret', (_, error, described) => {
    const [said] = listen(toSse(throwError(() => error)).messages());

    expect(JSON.parse(said?.data ?? '')).toMatchObject(described);
    expect(said?.data).toMatch(/"message":"[A-Z][^"]+\."/);
    expect(said?.data).not.toContain('secret');
  });

  it('are none for a client that was told of the end', () => {
    const feed = toSse(NEVER, {});
    let completed = false;
    feed.messages('0a1b2c3d.end').subscribe({ complete: () => (completed = true) });
    expect(completed).toBe(true);
  });

  it.each([
    [{ keep: 0 }, 'keep must be a whole number from 1 on or Infinity, got 0'],
    [{ keep: 1.5 }, 'keep must be a whole number from 1 on or Infinity, got 1.5'],
    [{ heartbeat: 0 }, 'heartbeat must be from 1 to 2147483647 or Infinity, got 0'],
    [{ heartbeat: 2 ** 31 }, 'heartbeat must be from 1 to 2147483647 or Infinity, got 2147483648'],
    [{ linger: -1 }, 'linger must be from 0 to 2147483647, got -1'],
    [{ retry: NaN }, 'retry must be from 0 to 2147483647, got NaN'],
  ])('are refused with %o when called', (config, complaint) => {
    expect(() => toSse(NEVER, config)).toThrow(new RangeError(`toSse: ${complaint}`));
  });
});

function throwing(): never {
  throw new Error('secret');
}

function httpError(): HttpError {
  const context = { status: 404, body: { detail: 'secret' }, detail: [] };
  return new HttpError('GET /secret answered 404', context);
}
