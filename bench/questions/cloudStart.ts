import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { request } from 'undici';
import { root } from '../clients/buildPackage.ts';
import { tempFolder } from '../clients/tempFolder.ts';
import type { Question } from '../harness/question.ts';

/** How long it takes until the embedded cloud is of use. */
export const question: Question = {
  title: 'The embedded cloud: its start',
  run: 'Starts the program with an empty folder, and asks it for its directories as soon as it says where it is.',
  unit: 'start',
  cases: { 'a new folder': { count: 1 } },
  baseline: 'a process that does nothing',
  variants: {
    'a process that does nothing': () => async () => {
      const begun = performance.now();
      const child = fork(join(import.meta.dirname, '../clients/nothing.ts'));
      await once(child, 'message');
      const first = performance.now() - begun;
      child.disconnect();
      await once(child, 'exit');
      return { done: 1, figures: { 'first answer, ms': first } };
    },
    'npm run local': () => {
      const main = join(root, 'local/src/main.ts');
      const dataDir = tempFolder();
      let starts = 0;
      return async () => {
        const begun = performance.now();
        starts += 1;
        const data = join(dataDir, String(starts));
        const child = spawn(process.execPath, [main, '--port', '0', '--data', data], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const [line] = (await once(child.stdout, 'data')) as [Buffer];
        const [, url, token] = /URL=(\S+) LLAMA_CLOUD_API_KEY=(\S+)/.exec(line.toString()) ?? [];
        const { statusCode, body } = await request(`${url}/api/v1/beta/directories`, {
          headers: { authorization: `Bearer ${token}` },
        });
        await body.dump();
        const first = performance.now() - begun;
        child.kill();
        await once(child, 'exit');
        return { done: statusCode === 200 ? 1 : 0, figures: { 'first answer, ms': first } };
      };
    },
  },
  goals: [{ variant: 'npm run local', measure: 'first answer, ms', atMost: 500 }],
  columns: [],
};
