import {
  createDirectory,
  createIndex,
  fanOutFrom,
  retrieve,
  uploadDirectoryFile,
  watchIndex,
} from 'rx-llamacloud';
import { lastValueFrom } from 'rxjs';
import { connectToCloud } from '../clients/connectToCloud.ts';
import { inFlight } from '../clients/inFlight.ts';
import { MadeUpText } from '../clients/madeUpText.ts';
import type { Question } from '../harness/question.ts';

const width = 4;
const files = 500;
const chunksAFile = 20;

/** How soon the embedded cloud finds something. */
export const question: Question = {
  title: 'The embedded cloud: retrieval',
  run: 'Asks an index of 10,000 chunks in 500 files 400 questions of eight words, half of them common, over four connections. The cloud has a process of its own.',
  unit: 'question',
  cases: { '10,000 chunks': { count: 400 } },
  baseline: 'retrieve',
  variants: {
    retrieve: async ({ count }) => {
      const connection = await connectToCloud(width);
      const { id } = await lastValueFrom(createDirectory(connection, { name: 'bench' }));
      const text = new MadeUpText();
      const uploads = fanOutFrom(Array.from({ length: files }).keys(), (n) => {
        const passages = Array.from({ length: chunksAFile }, () => text.passage());
        const upload_file = new File([passages.join('\n\n')], `report-${n}.md`);
        return uploadDirectoryFile(connection, id, { upload_file });
      });
      await lastValueFrom(uploads);
      const index = await lastValueFrom(createIndex(connection, { source_directory_id: id }));
      const { metadata } = await lastValueFrom(watchIndex(connection, index.id));
      if (metadata?.status !== 'ready') {
        throw new Error(`The index is ${metadata?.status ?? 'in no known state'} and not ready.`);
      }
      return async () => {
        const times: number[] = [];
        const done = await inFlight(width, count, async () => {
          const begun = performance.now();
          const query = text.words(8);
          await lastValueFrom(retrieve(connection, { index_id: index.id, query }));
          times.push(performance.now() - begun);
        });
        times.sort((one, other) => one - other);
        const share = (part: number): number => times[Math.floor(part * times.length)] ?? NaN;
        return { done, figures: { 'p50, ms': share(0.5), 'p99, ms': share(0.99) } };
      };
    },
  },
  goals: [{ variant: 'retrieve', measure: 'p50, ms', atMost: 10 }],
  columns: ['wall'],
  note:
    'Questions are answered in threads of their own, as many as there are cores, each on its own connection; vectors that one has ' +
    'read into memory are shared. `node --conditions=@rx-llamacloud/source bench/questionTime.ts` measures a question beside its ' +
    'full-text query and one pass of products, and four askers beside one.',
};
