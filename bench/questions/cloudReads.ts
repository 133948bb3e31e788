import { createDirectory, getDirectory } from 'rx-llamacloud';
import { lastValueFrom } from 'rxjs';
import { connectToCloud } from '../clients/connectToCloud.ts';
import { inFlight } from '../clients/inFlight.ts';
import type { Question } from '../harness/question.ts';

const width = 16;

/** How much the embedded cloud bears. */
export const question: Question = {
  title: 'The embedded cloud: single reads',
  run: 'Reads a directory 10,000 times, 16 at once. The cloud has a process of its own.',
  unit: 'read',
  cases: { 'a directory': { count: 10_000 } },
  baseline: 'getDirectory',
  variants: {
    getDirectory: async ({ count }) => {
      const connection = await connectToCloud(width);
      const { id } = await lastValueFrom(createDirectory(connection, { name: 'bench' }));
      return async () => ({
        done: await inFlight(width, count, () => lastValueFrom(getDirectory(connection, id))),
      });
    },
  },
  goals: [{ variant: 'getDirectory', measure: 'speed', atLeast: 8_000 }],
  columns: ['wall', 'cpu'],
};
