import { defer, EMPTY, expand, from, mergeMap, type Observable, of } from 'rxjs';
import { byToken, paginate } from '../../src/http/paginate.ts';
import type { Page } from '../../src/types/page.ts';
import type { Question } from '../harness/question.ts';

interface Item {
  readonly id: string;
}

const SIZE = 100;

/** What the stream itself costs, with everything else taken away. */
export const question: Question = {
  title: 'The stream itself',
  run: 'Walks through 1,000,000 items in pages of 100 that are in memory, one promise a page, and counts those that have an id.',
  unit: 'item',
  cases: { 'pages of 100': { count: 1_000_000 } },
  baseline: 'plain loop',
  variants: {
    'plain loop': ({ count }) => {
      const pages = pagesOf(count);
      return async () => {
        let done = 0;
        let page: Page<Item> | undefined = pages[0];
        while (page) {
          const { items = [], next_page_token: token }: Page<Item> = await Promise.resolve(page);
          for (const { id } of items) {
            done += id === '' ? 0 : 1;
          }
          page = typeof token === 'string' ? pages[Number(token)] : undefined;
        }
        return { done };
      };
    },
    'paginate, what every list is made with': ({ count }) => {
      const pages = pagesOf(count);
      return counting(() =>
        paginate('GET /api/v1/list', undefined, byToken, (token) => fetchPage(pages, token)),
      );
    },
    'rxjs expand and mergeMap': ({ count }) => {
      const pages = pagesOf(count);
      return counting(() =>
        fetchPage(pages, undefined).pipe(
          expand(({ next_page_token: token }) =>
            typeof token === 'string' ? fetchPage(pages, token) : EMPTY,
          ),
          mergeMap(({ items }) => items ?? []),
        ),
      );
    },
    'rxjs from an async generator': ({ count }) => {
      const pages = pagesOf(count);
      async function* generate(): AsyncGenerator<Item> {
        for (const page of pages) {
          yield* (await Promise.resolve(page)).items ?? [];
        }
      }
      return counting(() => from(generate()));
    },
  },
  goals: [
    {
      variant: 'paginate, what every list is made with',
      measure: 'wall a unit',
      over: 'plain loop',
      atMost: 0.03,
    },
  ],
  columns: ['wall', 'cpu', 'memory'],
};

/** Pages whose token is the number of the next one. */
function pagesOf(count: number): Page<Item>[] {
  const items = Array.from({ length: SIZE }, (_, n) => ({ id: `dir-${n}` }));
  return Array.from({ length: count / SIZE }, (_, page) => ({
    items,
    next_page_token: (page + 1) * SIZE < count ? String(page + 1) : null,
  }));
}

function fetchPage(pages: readonly Page<Item>[], token = '0'): Observable<Page<Item>> {
  const page = pages[Number(token)];
  return page ? defer(() => Promise.resolve(page)) : of();
}

function counting(items: () => Observable<Item>): () => Promise<{ done: number }> {
  return async () => {
    let done = 0;
    await items().forEach(({ id }) => {
      done += id === '' ? 0 : 1;
    });
    return { done };
  };
}
