import { setTimeout } from 'node:timers/promises';
import { lastValueFrom, Observable, of, take, throwError, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/http/connection.ts';
import type { List } from '../../src/http/list.ts';
import { byToken, paginate } from '../../src/http/paginate.ts';
import { request } from '../../src/http/request.ts';
import type { Page } from '../../src/types/page.ts';
import { httpError } from '../support/overload.ts';
import { json, startServer } from '../support/server.ts';

/** A list of so many pages of two numbers each, and which of its pages were asked for. */
function numbered(
  pages: number,
  answer: (page: Page<number>, n: number) => Observable<Page<number>> = (page) => of(page),
): { readonly list: List<number>; readonly asked: number[] } {
  const asked: number[] = [];
  const list = paginate('GET /api/v1/list', undefined, byToken, (token: string | undefined) => {
    const n = Number(token ?? 0);
    asked.push(n);
    const next_page_token = n + 1 < pages ? String(n + 1) : null;
    return answer({ items: [n * 2, n * 2 + 1], next_page_token }, n);
  });
  return { list, asked };
}

const numbers = (count: number): number[] => [...Array(count).keys()];

describe('List.prefetch', () => {
  it('asks for the next page before it hands a page on, and not for more', async () => {
    const { list, asked } = numbered(4);
    const askedAt: number[] = [];
    const seen: number[] = [];
    await list.prefetch().forEach((n) => {
      seen.push(n);
      askedAt.push(asked.length);
    });
    expect(seen).toEqual(numbers(8));
    expect(askedAt).toEqual([2, 2, 3, 3, 4, 4, 4, 4]);
    expect(asked).toEqual(numbers(4));
  });

  it('goes one page ahead of the loop that pulls, and waits there', async () => {
    const { list, asked } = numbered(4);
    const seen: number[] = [];
    for await (const n of list.prefetch()) {
      await setTimeout(2);
      seen.push(n);
      expect(asked).toHaveLength(Math.min(4, 2 + Math.floor(n / 2)));
    }
    expect(seen).toEqual(numbers(8));
  });

  it('has the next page on the wire while the items of a page are worked on', async () => {
    await using server = await startServer(({ url }, response) => {
      const n = Number(new URL(url, server.url).searchParams.get('page_token') ?? 0);
      json(response, { items: [n], next_page_token: n < 4 ? String(n + 1) : null });
    });
    const connection = connect({ token: 't', baseUrl: server.url });
    const list = paginate(
      'GET /api/v1/things',
      undefined,
      byToken,
      (page_token: string | undefined, route) =>
        request<Page<number>, typeof route>(connection, route, { query: { page_token } }),
    );
    for await (const n of list.prefetch()) {
      // Nothing is asked of the list meanwhile.
      await server.until(() => server.requests.length === Math.min(5, n + 2));
    }
    expect(server.requests).toHaveLength(5);
    expect(server.sockets()).toBeLessThanOrEqual(2);
  });

  it('aborts the page ahead when enough was taken', async () => {
    let aborted = 0;
    const { list, asked } = numbered(9, (page, n) =>
      n === 0 ? of(page) : new Observable(() => () => (aborted += 1)),
    );
    expect(await lastValueFrom(list.prefetch().pipe(take(2), toArray()))).toEqual([0, 1]);
    expect(asked).toEqual([0, 1]);
    expect(aborted).toBe(1);

    for await (const n of list.prefetch()) {
      expect(n).toBe(0);
      break;
    }
    expect(aborted).toBe(2);
  });

  it('hands nothing on after it is unsubscribed', async () => {
    const { list } = numbered(9);
    const seen: number[] = [];
    list
      .prefetch()
      .subscribe((n) => seen.push(n))
      .unsubscribe();
    await setTimeout(5);
    expect(seen).toEqual([]);
  });

  it('hands on a page before the failure of the next, which says where to go on', async () => {
    const { list } = numbered(3, (page, n) =>
      n === 2 ? throwError(() => httpError(500)) : of(page),
    );
    const seen: number[] = [];
    const walk = list.prefetch().forEach((n) => void seen.push(n));
    await expect(walk).rejects.toMatchObject({ status: 500, resumeFrom: '2' });
    expect(seen).toEqual(numbers(4));
  });

  it('stops at a circle of tokens, after each item once', async () => {
    let asked = 0;
    const list = paginate('GET /api/v1/list', undefined, byToken, (token: string | undefined) => {
      asked += 1;
      return of({ items: [token], next_page_token: 'again' });
    });
    const seen: unknown[] = [];
    const walk = list.prefetch().forEach((item) => void seen.push(item));
    await expect(walk).rejects.toMatchObject({ kind: 'cursor-loop' });
    expect(seen).toEqual([undefined, 'again']);
    expect(asked).toBe(2);
  });

  it('walks thousands of pages that are there at once', async () => {
    const { list } = numbered(5_000);
    expect(await lastValueFrom(list.prefetch().pipe(toArray()))).toHaveLength(10_000);
  });

  it('makes a list anew, and leaves the one it is made of as it is', async () => {
    const { list, asked } = numbered(9);
    const ahead = list.prefetch();
    for await (const n of list) {
      expect(n).toBe(0);
      break;
    }
    expect(asked).toEqual([0]);
    for await (const n of ahead.prefetch(0)) {
      expect(n).toBe(0);
      break;
    }
    expect(asked).toEqual([0, 0]);
  });
});
