import { finalize, lastValueFrom, type Observable, Subscription, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { activity } from '../../src/http/activity.ts';
import type { ActivityEvent } from '../../src/http/activityEvent.ts';
import { close } from '../../src/http/close.ts';
import { connect, type Connection } from '../../src/http/connection.ts';
import type { ConnectionConfig } from '../../src/http/connectionConfig.ts';
import { getIndex } from '../../src/sources/indexes.ts';
import { watch } from '../faults/support/watched.ts';
import { type Answerer, json, startServer } from '../support/server.ts';
import { lists } from './support/operations.ts';
import { turns } from './support/turns.ts';

function connectTo({ url }: { readonly url: string }, config: ConnectionConfig = {}): Connection {
  return connect({ token: 'llx-test', baseUrl: url, concurrency: 1, ...config });
}

const pages: Answerer = (_, response) =>
  json(response, { items: [{ n: 1 }, { n: 2 }], next_page_token: 'more', total_size: 9 });

/** Answers what is not called silent. */
const unlessSilent: Answerer = ({ url }, response) => {
  if (!url.includes('silent')) {
    json(response, { id: 'idx-1' });
  }
};

describe('a list that is left in the middle of a page', () => {
  it.each(Object.entries(lists))('%s asks for no other page', async (_, list) => {
    await using server = await startServer(pages);
    const connection = connectTo(server);
    expect(await lastValueFrom(list(connection).pipe(take(1), toArray()))).toEqual([{ n: 1 }]);
    for await (const item of list(connection)) {
      expect(item).toEqual({ n: 1 });
      break;
    }
    await turns(5);
    expect(server.requests).toHaveLength(2);
    await lastValueFrom(close(connection, { graceMs: Infinity }));
  });

  it.each(Object.entries(lists))('%s takes back the page it asked for ahead', async (_, list) => {
    await using server = await startServer((request, response, raw) => {
      if (server.requests.length === 1) {
        return pages(request, response, raw);
      }
      return undefined;
    });
    const connection = connectTo(server);
    const first = list(connection).prefetch().pipe(take(1), toArray());
    expect(await lastValueFrom(first)).toEqual([{ n: 1 }]);
    // Would wait for the page for ever, if that was still under way.
    await lastValueFrom(close(connection, { graceMs: Infinity }));
    await server.until(() => server.sockets() === 0);
    expect(server.requests.length).toBeLessThanOrEqual(2);
  });
});

describe('unsubscribing from within', () => {
  it('the observer of an error does no harm', async () => {
    await using server = await startServer((_, response) => json(response, {}, 404));
    const connection = connectTo(server);
    const subscription = new Subscription();
    const failed = new Promise((resolve) => {
      subscription.add(
        getIndex(connection, 'idx-1').subscribe({
          error(error: unknown) {
            subscription.unsubscribe();
            resolve(error);
          },
        }),
      );
    });
    expect(await failed).toMatchObject({ status: 404 });
    await lastValueFrom(close(connection, { graceMs: Infinity }));
  });

  it('a teardown that starts the next call finds the place free', async () => {
    await using server = await startServer(unlessSilent);
    const connection = connectTo(server);
    let next: Promise<unknown> | undefined;
    const silent = getIndex(connection, 'idx-silent').pipe(
      finalize(() => {
        next = lastValueFrom(getIndex(connection, 'idx-1'));
      }),
    );
    const subscription = silent.subscribe();
    await server.until(() => server.requests.length === 1);
    subscription.unsubscribe();
    expect(await next).toEqual({ id: 'idx-1' });
    expect(server.requests).toHaveLength(2);
  });

  const passing: readonly [ActivityEvent['type'], number, Record<string, string>][] = [
    ['queued', 200, {}],
    ['sent', 200, {}],
    ['line', 200, {}],
    ['answered', 200, {}],
    ['received', 200, {}],
    ['retrying', 503, {}],
    ['throttled', 429, { 'retry-after': '0' }],
    ['rate', 429, {}],
    ['failed', 404, {}],
  ];

  it.each(passing)('what listens to "%s" ends the call there', async (type, status, headers) => {
    await using server = await startServer(({ url }, response) =>
      json(response, { id: 'idx-1' }, url.includes('other') ? 200 : status, headers),
    );
    const connection = connectTo(server);
    const subscription = new Subscription();
    let heard = 0;
    let notified = 0;
    const note = (): unknown => (notified += 1);
    activity(connection).subscribe((event) => {
      if (event.type === type) {
        heard += 1;
        subscription.unsubscribe();
      }
    });
    subscription.add(
      getIndex(connection, 'idx-1').subscribe({ next: note, error: note, complete: note }),
    );
    await expect.poll(() => heard, { interval: 1 }).toBeGreaterThan(0);
    // The place is free, and the call is not tried again.
    expect(await lastValueFrom(getIndex(connection, 'idx-other'))).toEqual({ id: 'idx-1' });
    expect(notified).toBe(0);
    expect(server.requests.filter(({ url }) => !url.includes('other')).length).toBeLessThan(2);
    await lastValueFrom(close(connection, { graceMs: Infinity }));
  });
});

describe('unsubscribing beside a connection that is closed', () => {
  it('ends the wait for it', async () => {
    await using server = await startServer(unlessSilent);
    const connection = connectTo(server, { concurrency: 2 });
    const going = ['a', 'b'].map((id) => watch(getIndex(connection, `idx-silent-${id}`)));
    await server.until(() => server.requests.length === 2);
    const closing = watch(close(connection, { graceMs: Infinity }));
    going[0]?.unsubscribe();
    await turns(3);
    expect(closing.completed).toBe(false);
    going[1]?.unsubscribe();
    await expect.poll(() => closing.completed, { interval: 1 }).toBe(true);
    await server.until(() => server.sockets() === 0);
    for (const one of going) {
      one.check();
    }
  });

  it('lets what is under way finish when it is the closing that is unsubscribed', async () => {
    let finish: (() => void) | undefined;
    await using server = await startServer((_, response) => {
      finish = () => json(response, { id: 'idx-1' });
    });
    const connection = connectTo(server);
    const call = lastValueFrom(getIndex(connection, 'idx-1'));
    await server.until(() => server.requests.length === 1);
    close(connection, { graceMs: 5 }).subscribe().unsubscribe();
    finish?.();
    expect(await call).toEqual({ id: 'idx-1' });
  });
});

describe('two connections to one server', () => {
  it('have nothing to do with each other', async () => {
    const held: (() => void)[] = [];
    await using server = await startServer((_, response) => {
      held.push(() => json(response, { id: 'idx-1' }));
    });
    const [one, other] = [connectTo(server), connectTo(server)];
    const call = (connection: Connection): Observable<unknown> => getIndex(connection, 'idx-1');
    const left = watch(call(one));
    const kept = lastValueFrom(call(other));
    await server.until(() => server.requests.length === 2);
    left.unsubscribe();
    await lastValueFrom(close(one, { graceMs: Infinity }));
    held.forEach((answer) => answer());
    expect(await kept).toEqual({ id: 'idx-1' });
    left.check();
  });
});
