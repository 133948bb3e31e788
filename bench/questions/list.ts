import { connect, type Directory, listDirectories } from 'rx-llamacloud';
import { Pool, request } from 'undici';
import { dispatchJson } from '../clients/dispatchJson.ts';
import { sdk } from '../clients/sdk.ts';
import type { Question, Run } from '../harness/question.ts';

interface DirectoryPage {
  readonly items: readonly Directory[];
  readonly next_page_token: string | null;
}

/** What a list costs beside the plainest loop over its pages. */
export const question: Question = {
  title: 'A long list',
  run: 'Reads 100,000 directories, page after page, and counts them.',
  unit: 'item',
  cases: {
    'pages of 100': { count: 100_000, site: 'lists/items=100000&size=100' },
    'pages of 1,000': { count: 100_000, site: 'lists/items=100000&size=1000' },
  },
  baseline: 'undici.request loop',
  variants: {
    'undici.request loop': ({ baseUrl }) =>
      walk(async (query) => {
        const { body } = await request(`${baseUrl}/api/v1/beta/directories${query}`);
        return (await body.json()) as DirectoryPage;
      }),
    'dispatch loop (the limit)': ({ baseUrl }) => {
      const { origin, pathname } = new URL(baseUrl);
      const pool = new Pool(origin);
      return walk((query) =>
        dispatchJson<DirectoryPage>(pool, origin, `${pathname}/api/v1/beta/directories${query}`),
      );
    },
    'SDK, for await': ({ baseUrl }) => {
      const client = sdk(baseUrl);
      return async () => {
        let items = 0;
        for await (const { id } of client.beta.directories.list()) {
          items += id === '' ? 0 : 1;
        }
        return { done: items };
      };
    },
    listDirectories: ({ baseUrl }) => {
      const connection = connect({ baseUrl, token: 'bench' });
      return async () => {
        let items = 0;
        await listDirectories(connection).forEach(({ id }) => {
          items += id === '' ? 0 : 1;
        });
        return { done: items };
      };
    },
    'listDirectories, for await': ({ baseUrl }) => {
      const connection = connect({ baseUrl, token: 'bench' });
      return async () => {
        let items = 0;
        for await (const { id } of listDirectories(connection)) {
          items += id === '' ? 0 : 1;
        }
        return { done: items };
      };
    },
  },
  goals: [
    {
      variant: 'listDirectories',
      measure: 'speed',
      times: 'undici.request loop',
      atLeast: 1.25,
    },
    {
      caseName: 'pages of 100',
      variant: 'listDirectories',
      measure: 'speed',
      times: 'SDK, for await',
      atLeast: 3,
    },
    {
      caseName: 'pages of 1,000',
      variant: 'listDirectories',
      measure: 'speed',
      times: 'SDK, for await',
      atLeast: 1.8,
    },
    { variant: 'listDirectories', measure: 'memory', times: 'undici.request loop', atMost: 1 },
  ],
};

/** Walks from page to page in a plain loop. */
function walk(fetchPage: (query: string) => Promise<DirectoryPage>): Run {
  return async () => {
    let items = 0;
    let query = '';
    do {
      const page = await fetchPage(query);
      for (const { id } of page.items) {
        items += id === '' ? 0 : 1;
      }
      query = page.next_page_token === null ? '' : `?page_token=${page.next_page_token}`;
    } while (query !== '');
    return { done: items };
  };
}
