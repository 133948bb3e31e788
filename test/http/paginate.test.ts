import { defer, EMPTY, lastValueFrom, Observable, of, take, throwError, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { HttpError, ResponseError } from '../../src/errors.ts';
import { byOffset, byToken, paginate } from '../../src/http/paginate.ts';
import type { Page } from '../../src/types/page.ts';
import { marbles } from '../support/marbles.ts';

const P: Page<string> = { items: ['a', 'b'], next_page_token: 't' };
const Q: Page<string> = { items: ['c'] };

function tokenList(
  fetchPage: (token: string | undefined) => Observable<Page<string>>,
  first?: string,
): Observable<string> {
  return paginate('GET /api/v1/list', first, byToken, fetchPage);
}

/** Pages of a list, each answered in the same turn. */
function scripted(pages: Record<string, Page<string>>): Observable<string> {
  return tokenList((token) => of(pages[token ?? ''] ?? { items: [] }));
}

describe('paginate', () => {
  marbles(
    'gives the items of page after page, as its docs draw it',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const first = cold('      --(P|)', { P });
      const second = cold('     -----(Q|)', { Q });
      const subs1 = '           ^-!';
      const subs2 = '           --^----!';
      const expected = '        --(ab)-(c|)';

      const result = tokenList((token) => (token === undefined ? first : second));
      expectObservable(result).toBe(expected);
      expectSubscriptions(first.subscriptions).toBe(subs1);
      expectSubscriptions(second.subscriptions).toBe(subs2);
    },
  );

  marbles('does not ask for a page that nobody takes from', ({ cold, expectObservable }) => {
    const first = cold('--(P|)', { P });
    const result = tokenList((token) => {
      expect(token).toBeUndefined();
      return first;
    }).pipe(take(2));
    expectObservable(result).toBe('--(ab|)');
  });

  marbles(
    'aborts the page under way when unsubscribed',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const first = cold('  --(P|)', { P });
      const second = cold(' ---------(Q|)', { Q });
      const unsub = '       ^------!';
      const expected = '    --(ab)--';
      const subs2 = '       --^----!';

      const result = tokenList((token) => (token === undefined ? first : second));
      expectObservable(result, unsub).toBe(expected);
      expectSubscriptions(second.subscriptions).toBe(subs2);
    },
  );

  marbles('never emits while a page is silent', ({ cold, expectObservable }) => {
    expectObservable(tokenList(() => cold('-'))).toBe('-');
  });

  marbles('walks the list anew for each subscription', ({ cold, expectObservable }) => {
    const result = tokenList((token) =>
      token === undefined ? cold('-(P|)', { P }) : cold('----(Q|)', { Q }),
    );
    expectObservable(result).toBe('-(ab)(c|)');
    expectObservable(result, '--^').toBe('---(ab)(c|)');
  });

  it('starts from a given cursor and tells where a failed list can be resumed', async () => {
    const error = new HttpError('x', { route: 'GET /x', status: 500, body: {}, detail: [] });
    const tokens: (string | undefined)[] = [];
    const values: string[] = [];
    const result = tokenList((token) => {
      tokens.push(token);
      return token === 's' ? of(P) : throwError(() => error);
    }, 's');
    await lastValueFrom(result.pipe(toArray())).catch((seen: unknown) => {
      expect(seen).toBe(error);
    });
    result.subscribe({ next: (value) => values.push(value), error: () => undefined });
    expect(values).toEqual(['a', 'b']);
    expect(tokens.slice(0, 2)).toEqual(['s', 't']);
    expect(error.resumeFrom).toBe('t');
  });

  it('ends at a token that is absent, null or empty, and takes a missing list for an empty one', async () => {
    for (const next_page_token of [undefined, null, '']) {
      const page = { items: ['a'], ...(next_page_token !== undefined && { next_page_token }) };
      expect(await lastValueFrom(tokenList(() => of(page)).pipe(toArray()))).toEqual(['a']);
    }
    const nothing = JSON.parse('{"items":null}') as Page<string>;
    expect(await lastValueFrom(tokenList(() => of(nothing)).pipe(toArray()))).toEqual([]);
    expect(await lastValueFrom(tokenList(() => EMPTY).pipe(toArray()))).toEqual([]);
  });

  it.each([
    ['the same token twice', { '': P, t: { items: ['c'], next_page_token: 't' } }, 'abc'],
    [
      'a circle of tokens',
      {
        '': { items: ['a'], next_page_token: 'x' },
        x: { items: ['b'], next_page_token: 'y' },
        y: { items: ['c'], next_page_token: 'x' },
      },
      'abc',
    ],
    [
      'empty pages without end',
      Object.fromEntries(
        [...Array(9).keys()].map((n) => [
          n === 0 ? '' : String(n),
          { items: [], next_page_token: String(n + 1) },
        ]),
      ),
      '',
    ],
  ])('stops at %s, after each item once', (_, pages, items) => {
    const values: string[] = [];
    let seen: unknown;
    scripted(pages).subscribe({
      next: (value) => values.push(value),
      error: (error: unknown) => (seen = error),
    });
    expect(values.join('')).toBe(items);
    expect(seen).toBeInstanceOf(ResponseError);
    expect(seen).toMatchObject({ kind: 'cursor-loop', route: 'GET /api/v1/list' });
  });

  it.each([
    'null',
    '5',
    '["a"]',
    '{"items":5}',
    '{"items":"ab"}',
    '{"items":["a"],"next_page_token":{}}',
    '{"items":["a"],"next_page_token":7}',
  ])('makes an error of %s in place of a page', (answer) => {
    const outcome: unknown[] = [];
    tokenList(() => of(JSON.parse(answer) as Page<string>)).subscribe({
      next: (item) => outcome.push(item),
      error: (error: unknown) => outcome.push(error),
    });
    expect(outcome).toMatchObject([
      { name: 'ResponseError', kind: 'parse', route: 'GET /api/v1/list' },
    ]);
  });

  it('walks a hundred thousand pages that are there at once', async () => {
    const result = tokenList((token) => {
      const n = Number(token ?? 0);
      return of({ items: [String(n)], next_page_token: n < 99_999 ? String(n + 1) : null });
    });
    expect(await lastValueFrom(result.pipe(toArray()))).toHaveLength(100_000);
  });

  it('lets the pages before an error in fetchPage itself through', () => {
    let seen: unknown;
    tokenList((token) => {
      if (token !== undefined) {
        throw new TypeError('no such page');
      }
      return of(P);
    }).subscribe({ error: (error: unknown) => (seen = error) });
    expect(seen).toBeInstanceOf(TypeError);
  });
});

describe('byOffset', () => {
  function numbers(total: number, limit: number, withTotal: boolean): Observable<number> {
    return paginate('GET /api/v1/list', 0, byOffset, (offset: number) =>
      defer(() =>
        of({
          items: [...Array(Math.max(0, Math.min(limit, total - offset))).keys()].map(
            (n) => n + offset,
          ),
          ...(withTotal && { total_size: total }),
          next_page_token: 'not for this kind of list',
        }),
      ),
    );
  }

  it.each([
    [0, true],
    [7, true],
    [10, true],
    [0, false],
    [7, false],
    [10, false],
  ])('counts %d items, total given: %s', async (total, withTotal) => {
    expect(await lastValueFrom(numbers(total, 5, withTotal).pipe(toArray()))).toEqual([
      ...Array(total).keys(),
    ]);
  });

  it.each([0, -1, 3, 7.5, NaN, Infinity, '7', 'many', null, true, [], {}])(
    'goes on to an empty page where the total is %j, which cannot be',
    async (total) => {
      const asked: number[] = [];
      const list = paginate('GET /api/v1/list', 0, byOffset, (offset: number) => {
        asked.push(offset);
        const items = [0, 1, 2, 3, 4, 5, 6].slice(offset, offset + 4);
        return of({ items, total_size: total as number });
      });
      expect(await lastValueFrom(list.pipe(toArray()))).toEqual([0, 1, 2, 3, 4, 5, 6]);
      expect(asked).toEqual([0, 4, 7]);
    },
  );
});
