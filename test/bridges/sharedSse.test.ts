import { defer, map, type Observable, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { toSse } from '../../src/bridges/toSse.ts';
import type { SseMessage } from '../../src/bridges/sse/sseMessage.ts';
import { marbles } from '../support/marbles.ts';

/** What a message says, with the name in front when it has one. */
function said({ type, data = '' }: SseMessage): string {
  return type === undefined ? String(JSON.parse(data)) : `${type} ${data}`;
}

/** The messages of one client so far, and how it leaves. */
function listen(messages: Observable<SseMessage>) {
  const seen: SseMessage[] = [];
  const subscription = messages.subscribe((each) => seen.push(each));
  return {
    said: () => seen.map(said),
    lastId: () => seen.at(-1)?.id,
    leave: () => subscription.unsubscribe(),
  };
}

const ends = { a: 'a', b: 'b', c: 'c', e: 'end null' };

describe('a shared feed', () => {
  marbles(
    'subscribes once, and gives late clients what is kept',
    ({ hot, expectObservable, expectSubscriptions }, scheduler) => {
      const source = hot('-a-b-c-----|');
      const feed = toSse(source, { shared: true, keep: 2, heartbeat: Infinity, scheduler });
      const messages = feed.messages().pipe(map(said));

      expectObservable(messages).toBe('           -a-b-c-----(e|)', ends);
      expectObservable(messages, '------^').toBe('------(bc)-(e|)', ends);
      expectSubscriptions(source.subscriptions).toBe('^----------!');
    },
  );

  marbles(
    'waits for a client to come back before it ends the subscription',
    ({ hot, expectObservable, expectSubscriptions }, scheduler) => {
      const source = hot('--a-b------');
      const feed = toSse(source, { shared: true, linger: 3, heartbeat: Infinity, scheduler });
      const messages = feed.messages().pipe(map(said));

      expectObservable(messages, '^--!').toBe('    --a-');
      expectObservable(messages, '-----^-!').toBe('-----(ab)');
      expectSubscriptions(source.subscriptions).toBe('^---------!');
    },
  );

  marbles(
    'subscribes again when it had waited in vain',
    ({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const source = cold('a-b-c-d-');
      const messages = toSse(source, { shared: true, linger: 2, heartbeat: Infinity, scheduler })
        .messages()
        .pipe(map(said));

      expectObservable(messages, '^--!').toBe('      a-b-');
      expectObservable(messages, '-------^--!').toBe('-------a-b');
      expectSubscriptions(source.subscriptions).toBe(['^----!', '-------^----!']);
    },
  );

  it('gives a client that comes back what it has missed', () => {
    const source = new Subject<string>();
    const feed = toSse(source, { shared: true });
    const one = listen(feed.messages());
    const other = listen(feed.messages());
    source.next('a');
    one.leave();
    source.next('b');
    source.next('c');
    const back = listen(feed.messages(one.lastId()));
    source.next('d');

    expect(back.said()).toEqual(['b', 'c', 'd']);
    expect(other.said()).toEqual(['a', 'b', 'c', 'd']);
    expect(one.said()).toEqual(['a']);
    back.leave();
    other.leave();
  });

  it('tells a client that comes back too late how much it has missed', () => {
    const source = new Subject<string>();
    const feed = toSse(source, { shared: true, keep: 2, linger: 0 });
    const other = listen(feed.messages());
    source.next('a');
    const id = other.lastId();
    'bcdef'.split('').forEach((letter) => source.next(letter));

    const late = listen(feed.messages(id));
    expect(late.said()).toEqual(['gap {"missed":3}', 'e', 'f']);
    // The gap has an id of its own, from which the client can go on.
    const gapOnly = listen(feed.messages(late.lastId()));
    expect(gapOnly.said()).toEqual([]);
    [late, gapOnly, other].forEach(({ leave }) => leave());
  });

  it.each(['0a1b2c3d.5', 'something else', '0a1b2c3d.0.5', '', '.'])(
    'gives a client with the unknown id "%s" everything, after a gap of unknown size',
    (id) => {
      const feed = toSse(of('a', 'b'), { shared: true });
      listen(feed.messages());

      expect(listen(feed.messages(id)).said()).toEqual([
        'gap {"missed":null}',
        'a',
        'b',
        'end null',
      ]);
    },
  );

  it('takes a number that was not reached for an unknown id', () => {
    const source = new Subject<string>();
    const feed = toSse(source, { shared: true, linger: 0 });
    const one = listen(feed.messages());
    source.next('a');
    const [run] = one.lastId()?.split('.') ?? [];

    for (const number of ['2', '-1', '5e-1', 'x']) {
      const other = listen(feed.messages(`${run}.${number}`));
      expect(other.said()).toEqual(['gap {"missed":null}', 'a']);
      other.leave();
    }
    one.leave();
  });

  it('keeps what there was when the source has completed, and does not begin it anew', () => {
    let subscriptions = 0;
    const source = defer(() => of('a', ++subscriptions));
    const feed = toSse(source, { shared: true });

    expect(listen(feed.messages()).said()).toEqual(['a', '1', 'end null']);
    expect(listen(feed.messages()).said()).toEqual(['a', '1', 'end null']);
    expect(subscriptions).toBe(1);
  });

  it('begins a source anew that has failed', () => {
    let subscriptions = 0;
    const source = defer(() => throwError(() => new Error(String(++subscriptions))));
    const feed = toSse(source, {
      shared: true,
      error: (error) => ({ message: error instanceof Error ? error.message : '' }),
    });

    expect(listen(feed.messages()).said()).toEqual(['error {"message":"1"}']);
    expect(listen(feed.messages()).said()).toEqual(['error {"message":"2"}']);
  });

  it('delivers in order what a client causes by reading', () => {
    const source = new Subject<string>();
    const feed = toSse(source, { shared: true, linger: 0 });
    const seen: string[] = [];
    const subscription = feed.messages().subscribe((message) => {
      seen.push(said(message));
      if (seen.length === 1) {
        source.next('b');
        source.next('c');
      }
    });
    source.next('a');

    expect(seen).toEqual(['a', 'b', 'c']);
    subscription.unsubscribe();
  });
});
