import { lastValueFrom, NEVER, Observable, of, take, throwError, timer, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { HttpError } from '../../src/errors.ts';
import type { List } from '../../src/http/list.ts';
import { byToken, paginate } from '../../src/http/paginate.ts';
import { fanOutFrom } from '../../src/operators/fanOutFrom.ts';
import type { Page } from '../../src/types/page.ts';
import { httpError } from '../support/overload.ts';

/** A list of so many pages of two numbers each, and which of its pages were asked for. */
function numbered(
  pages: number,
  answer: (page: Page<number>) => Observable<Page<number>> = (page) => of(page),
): { readonly list: List<number>; readonly asked: number[] } {
  const asked: number[] = [];
  const list = paginate('GET /api/v1/list', undefined, byToken, (token: string | undefined) => {
    const n = Number(token ?? 0);
    asked.push(n);
    const next_page_token = n + 1 < pages ? String(n + 1) : null;
    return answer({ items: [n * 2, n * 2 + 1], next_page_token });
  });
  return { list, asked };
}

const laterOn = (page: Page<number>): Observable<Page<number>> =>
  new Observable((subscriber) => {
    const immediate = setImmediate(() => {
      subscriber.next(page);
      subscriber.complete();
    });
    return () => clearImmediate(immediate);
  });

describe('a list that is pulled', () => {
  it.each([
    ['at once', numbered(3)],
    ['later', numbered(3, laterOn)],
  ])('gives the items of every page when they are answered %s', async (_, { list, asked }) => {
    const seen: number[] = [];
    for await (const n of list) {
      seen.push(n);
      // Not before the items of the page before are taken.
      expect(asked).toHaveLength(1 + Math.floor(n / 2));
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('asks for nothing before its first item is asked for, and then for each loop anew', async () => {
    const { list, asked } = numbered(2);
    const walk = list[Symbol.asyncIterator]();
    expect(asked).toEqual([]);
    expect(await walk.next()).toEqual({ done: false, value: 0 });
    for await (const n of list) {
      expect(n).toBeLessThan(4);
    }
    expect(asked).toEqual([0, 0, 1]);
  });

  it('asks for no further page when the loop is left', async () => {
    const { list, asked } = numbered(1_000);
    for await (const n of list) {
      if (n === 3) {
        break;
      }
    }
    expect(asked).toEqual([0, 1]);
  });

  it('aborts the page under way when it is closed, and ends the waiting', async () => {
    let aborted = 0;
    const { list } = numbered(2, () => new Observable(() => () => (aborted += 1)));
    const walk = list[Symbol.asyncIterator]();
    const waiting = walk.next();
    await walk.return?.();
    expect(aborted).toBe(1);
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await walk.next()).toEqual({ done: true, value: undefined });
  });

  it('fails where a page does, with the place to go on from', async () => {
    const { list } = numbered(3, (page) =>
      page.next_page_token === '2' ? throwError(() => httpError(500)) : of(page),
    );
    const seen: number[] = [];
    const walking = (async () => {
      for await (const n of list) {
        seen.push(n);
      }
    })();
    await expect(walking).rejects.toMatchObject({ status: 500, resumeFrom: '1' });
    await expect(walking).rejects.toBeInstanceOf(HttpError);
    expect(seen).toEqual([0, 1]);
  });

  it.each([0, 1] as const)(
    'gives all items of a page before the error that came with it, %d pages ahead',
    async (pages) => {
      const list = paginate('GET /api/v1/list', undefined, byToken, (token: string | undefined) =>
        of({ items: token ? [3, 4] : [1, 2], next_page_token: 'again' }),
      ).prefetch(pages);
      const seen: number[] = [];
      const walking = list.forEach((n) => seen.push(n));
      await expect(walking).rejects.toMatchObject({ kind: 'cursor-loop' });

      const pulled: number[] = [];
      const pulling = (async () => {
        for await (const n of list) {
          pulled.push(n);
        }
      })();
      await expect(pulling).rejects.toMatchObject({ kind: 'cursor-loop' });
      const fanned: number[] = [];
      const fanning = fanOutFrom(list, (n) => of(n)).forEach((n) => fanned.push(n));
      await expect(fanning).rejects.toMatchObject({ kind: 'cursor-loop' });
      expect({ seen, pulled, fanned }).toEqual({
        seen: [1, 2, 3, 4],
        pulled: [1, 2, 3, 4],
        fanned: [1, 2, 3, 4],
      });
    },
  );

  it('is pushed where it is subscribed to', async () => {
    const { list, asked } = numbered(3);
    expect(await lastValueFrom(list.pipe(toArray()))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(asked).toEqual([0, 1, 2]);
  });

  it('is fetched no further than a fan-out has slots', async () => {
    const { list, asked } = numbered(1_000, laterOn);
    const stuck = fanOutFrom(list, () => NEVER, { concurrency: 5 }).subscribe();
    while (asked.length < 3) {
      await lastValueFrom(timer(0));
    }
    await lastValueFrom(timer(20));
    expect(asked).toEqual([0, 1, 2]);
    stuck.unsubscribe();

    const whole = numbered(50, laterOn);
    const results = fanOutFrom(whole.list, (n) => of(n), { concurrency: 5 });
    expect(await lastValueFrom(results.pipe(toArray()))).toHaveLength(100);
    const some = numbered(50, laterOn);
    await lastValueFrom(fanOutFrom(some.list, (n) => of(n)).pipe(take(3)));
    expect(some.asked).toEqual([0, 1]);
  });
});
