import { connect, type Directory, listDirectories } from 'rx-llamacloud';
import { requestJson } from '../clients/requestJson.ts';
import { sdk } from '../clients/sdk.ts';
import { walkPages } from '../clients/walkPages.ts';
import type { Question } from '../harness/question.ts';

const PAGE = 1_000;
/** Milliseconds of work on each page. */
const WORK = 10;

/** What asking one page ahead gains when both sides have work to do. */
export const question: Question = {
  title: 'A list with work on each page',
  run: `Reads 100,000 directories in pages of 1,000 from a server that takes 10 ms to answer, and works for ${WORK} ms on each page.`,
  unit: 'item',
  cases: {
    '10 ms latency': { count: 100_000, site: `lists/items=100000&size=${PAGE}&latency=10` },
  },
  baseline: 'undici.request loop',
  variants: {
    'undici.request loop':
      ({ baseUrl }) =>
      async () => {
        const { done, work } = worker();
        const url = `${baseUrl}/api/v1/beta/directories`;
        await walkPages<Directory>((query) => requestJson(`${url}${query}`), work);
        return { done: done() };
      },
    'SDK, for await': ({ baseUrl }) => {
      const client = sdk(baseUrl);
      return async () => {
        const { done, work } = worker();
        for await (const directory of client.beta.directories.list()) {
          work(directory);
        }
        return { done: done() };
      };
    },
    listDirectories: ({ baseUrl }) => {
      const connection = connect({ baseUrl, token: 'bench' });
      return async () => {
        const { done, work } = worker();
        await listDirectories(connection).forEach(work);
        return { done: done() };
      };
    },
    'listDirectories.prefetch()': ({ baseUrl }) => {
      const connection = connect({ baseUrl, token: 'bench' });
      return async () => {
        const { done, work } = worker();
        await listDirectories(connection).prefetch().forEach(work);
        return { done: done() };
      };
    },
  },
  goals: [
    {
      variant: 'listDirectories.prefetch()',
      measure: 'speed',
      times: 'undici.request loop',
      atLeast: 1.7,
    },
  ],
};

/** Counts what has an id, and keeps the processor busy after each page of it. */
function worker(): {
  readonly done: () => number;
  readonly work: (item: { readonly id: string }) => void;
} {
  let items = 0;
  return {
    done: () => items,
    work({ id }) {
      items += id === '' ? 0 : 1;
      if (items % PAGE === 0) {
        const end = performance.now() + WORK;
        while (performance.now() < end);
      }
    },
  };
}
