import { connect, type Directory, fanOutFrom, getDirectory } from 'rx-llamacloud';
import { lastValueFrom } from 'rxjs';
import { Pool } from 'undici';
import { dispatchJson } from '../clients/dispatchJson.ts';
import { inFlight } from '../clients/inFlight.ts';
import { sdk } from '../clients/sdk.ts';
import type { Question } from '../harness/question.ts';

const WIDTH = 16;

/** What one small call costs. */
export const question: Question = {
  title: 'Single reads',
  run: `Reads 10,000 directories one by one, ${WIDTH} reads in flight.`,
  unit: 'call',
  cases: { 'all at once': { count: 10_000, site: 'reads/' } },
  baseline: 'undici.request on a Pool',
  variants: {
    'undici.request on a Pool': ({ baseUrl, count }) => {
      const { origin, pathname } = new URL(baseUrl);
      const pool = new Pool(origin, { connections: WIDTH });
      return async () => {
        const done = await inFlight(WIDTH, count, async (n) => {
          const { body } = await pool.request({ method: 'GET', path: `${pathname}${pathOf(n)}` });
          return body.json();
        });
        return { done };
      };
    },
    'undici dispatch on a Pool': ({ baseUrl, count }) => {
      const { origin, pathname } = new URL(baseUrl);
      const pool = new Pool(origin, { connections: WIDTH });
      return async () => {
        const done = await inFlight(WIDTH, count, (n) =>
          dispatchJson<Directory>(pool, origin, `${pathname}${pathOf(n)}`),
        );
        return { done };
      };
    },
    'SDK, directories.get': ({ baseUrl, count }) => {
      const client = sdk(baseUrl);
      return async () => {
        const done = await inFlight(WIDTH, count, (n) => client.beta.directories.get(idOf(n)));
        return { done };
      };
    },
    getDirectory: ({ baseUrl, count }) => {
      const connection = connect({ baseUrl, token: 'bench', concurrency: WIDTH });
      return async () => {
        const done = await inFlight(WIDTH, count, (n) =>
          lastValueFrom(getDirectory(connection, idOf(n))),
        );
        return { done };
      };
    },
    'getDirectory in fanOutFrom': ({ baseUrl, count }) => {
      const connection = connect({ baseUrl, token: 'bench', concurrency: WIDTH });
      return async () => {
        let done = 0;
        const numbers = Array.from({ length: count }).keys();
        await fanOutFrom(numbers, (n) => getDirectory(connection, idOf(n)), {
          concurrency: WIDTH,
        }).forEach(() => {
          done += 1;
        });
        return { done };
      };
    },
  },
  goals: [
    { variant: 'getDirectory', measure: 'speed', times: 'undici.request on a Pool', atLeast: 1.5 },
    { variant: 'getDirectory', measure: 'speed', times: 'SDK, directories.get', atLeast: 6 },
    { variant: 'getDirectory', measure: 'cpu a unit', atMost: 40 },
  ],
  note:
    'Half as fast again as `undici.request` is out of reach: the row of `dispatch`, which does nothing but write the request ' +
    'and read the answer, is not. By the profile, a call of `getDirectory` spends 80 % of its time where that row ' +
    'does, a sixth of it on the write to the socket alone. The rest is path and headers, four headers more than the other rows ' +
    'send, the line, the retry policy, the checks of the answer, and 3 % for rxjs. A timer for each call would cost ' +
    '2 µs more, and to look for the names in each path 1.5 µs.',
};

function pathOf(n: number): string {
  return `/api/v1/beta/directories/${idOf(n)}`;
}

function idOf(n: number): string {
  return `dir-${n}`;
}
