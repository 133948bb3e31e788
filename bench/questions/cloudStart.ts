import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { request } from 'undici';
import { startCloudProcess } from '../clients/cloudProcess.ts';
import type { Question } from '../harness/question.ts';

/** How long it takes until the embedded cloud is of use. */
export const question: Question = {
  title: 'The embedded cloud: its start',
  run: 'Starts a process with an empty cloud, and asks it for its directories as soon as it listens.',
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
    startLocalCloud: () => async () => {
      const begun = performance.now();
      const { url, token, stop } = await startCloudProcess();
      const { statusCode, body } = await request(`${url}/api/v1/beta/directories`, {
        headers: { authorization: `Bearer ${token}` },
      });
      await body.dump();
      const first = performance.now() - begun;
      await stop();
      return { done: statusCode === 200 ? 1 : 0, figures: { 'first answer, ms': first } };
    },
  },
  goals: [{ variant: 'startLocalCloud', measure: 'first answer, ms', atMost: 500 }],
  columns: [],
};
