import { connect, type Directory, listDirectories } from 'rx-llamacloud';
import { Pool } from 'undici';
import { dispatchJson } from '../clients/dispatchJson.ts';
import { requestJson } from '../clients/requestJson.ts';
import { sdk } from '../clients/sdk.ts';
import { type TokenPage, walkPages } from '../clients/walkPages.ts';
import type { Question } from '../harness/question.ts';

const path = '/api/v1/beta/directories';

/** What a list costs beside the plainest loop over its pages. */
export const question: Question = {
  title: 'A long list',
  run: 'Reads 100,000 directories, page after page, and counts those that have an id.',
  unit: 'item',
  cases: {
    'pages of 100': { count: 100_000, site: 'lists/items=100000&size=100' },
    'pages of 1,000': { count: 100_000, site: 'lists/items=100000&size=1000' },
  },
  baseline: 'undici.request loop',
  variants: {
    'undici.request loop':
      ({ baseUrl }) =>
      async () => {
        const { done, count } = counter();
        await walkPages<Directory>((query) => requestJson(`${baseUrl}${path}${query}`), count);
        return { done: done() };
      },
    'undici dispatch loop': ({ baseUrl }) => {
      const { origin, pathname } = new URL(baseUrl);
      const pool = new Pool(origin);
      return async () => {
        const { done, count } = counter();
        await walkPages(
          (query) => dispatchJson<TokenPage<Directory>>(pool, origin, `${pathname}${path}${query}`),
          count,
        );
        return { done: done() };
      };
    },
    'SDK, for await': ({ baseUrl }) => {
      const client = sdk(baseUrl);
      return async () => {
        const { done, count } = counter();
        for await (const directory of client.beta.directories.list()) {
          count(directory);
        }
        return { done: done() };
      };
    },
    listDirectories: ({ baseUrl }) => {
      const connection = connect({ baseUrl, token: 'bench' });
      return async () => {
        const { done, count } = counter();
        await listDirectories(connection).forEach(count);
        return { done: done() };
      };
    },
    'listDirectories, for await': ({ baseUrl }) => {
      const connection = connect({ baseUrl, token: 'bench' });
      return async () => {
        const { done, count } = counter();
        for await (const directory of listDirectories(connection)) {
          count(directory);
        }
        return { done: done() };
      };
    },
  },
  goals: [
    { variant: 'listDirectories', measure: 'speed', times: 'undici.request loop', atLeast: 1.25 },
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
  note:
    'In pages of 1,000, JSON.parse is most of the work of the loops and of `listDirectories` alike: compare the row of ' +
    '`dispatch`, which is the least that can be done with undici.',
};

/** Counts what has an id. */
function counter(): {
  readonly done: () => number;
  readonly count: (item: { readonly id: string }) => void;
} {
  let items = 0;
  return {
    done: () => items,
    count({ id }) {
      items += id === '' ? 0 : 1;
    },
  };
}
