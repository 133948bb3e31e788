/**
 * How long an index takes to build: 10,000 passages in 500 files.
 *
 *     node bench/indexing.ts [files]
 *
 * First cut, put in and trained as the index thread does it, in a database on disk: the time of each
 * step, and the processor time, which says more on a busy machine. Then by a cloud, from the request
 * to the index that is ready, with how long it took to answer other requests meanwhile.
 *
 * The text is made up: words whose frequencies fall with their rank (Zipf), from a vocabulary of
 * 40,000.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { firstValueFrom, from, lastValueFrom, mergeMap } from 'rxjs';
import { chunkDocument } from '../local/src/retrieval/chunkDocument.ts';
import { putFile } from '../local/src/retrieval/searchIndex.ts';
import { trainIndex } from '../local/src/retrieval/trainIndex.ts';
import { startLocalCloud } from '../local/src/startLocalCloud.ts';
import { openSearchDatabase } from '../local/src/store/openSearchDatabase.ts';
import { connect } from '../src/http/connection.ts';
import { createDirectory } from '../src/sources/directories.ts';
import { uploadDirectoryFile } from '../src/sources/directoryFiles.ts';
import { createIndex, getIndex } from '../src/sources/indexes.ts';

const files = Number(process.argv[2] ?? 500);
const passagesPerFile = 20;
const vocabularySize = 40_000;

/** Pseudo-random numbers from 0 to 1, the same in every run (mulberry32). */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randomNumbers();
const vocabulary = Array.from({ length: vocabularySize }, () =>
  Array.from({ length: 3 + Math.floor(random() * 8) }, () =>
    String.fromCharCode(97 + Math.floor(random() * 26)),
  ).join(''),
);

/** A word, common ones more often: the rank is uniform in its logarithm. */
function word(): string {
  return vocabulary[Math.floor(vocabularySize ** random()) - 1] ?? 'the';
}

function passage(): string {
  const sentences = Array.from(
    { length: 9 },
    () => `${Array.from({ length: 20 }, word).join(' ')}.`,
  );
  return `## ${word()} ${word()}\n\n${sentences.join(' ')}`;
}

const documents = Array.from({ length: files }, (_, file) => ({
  id: `file-${file}`,
  pages: Array.from({ length: passagesPerFile }, (_page, page) => ({
    number: page + 1,
    text: passage(),
    needsOcr: false,
  })),
}));

function timed<T>(what: string, work: () => T): T {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = ((performance.now() - begun) / 1_000).toFixed(2);
  console.log(`${what.padEnd(10)} ${seconds} s, processor ${((user + system) / 1e6).toFixed(2)} s`);
  return result;
}

const folder = mkdtempSync(join(tmpdir(), 'bench-indexing-'));
const db = openSearchDatabase(join(folder, 'search.db'));
timed('together', () => {
  const cut = timed('cut', () =>
    documents.map(({ id, pages }) => ({ id, ...chunkDocument(pages) })),
  );
  console.log(`           ${cut.reduce((sum, { chunks }) => sum + chunks.length, 0)} passages`);
  timed('put in', () => {
    for (const { id, ...document } of cut) {
      putFile(db, 'index', { id, name: id, content_hash: '', metadata: {}, ...document });
    }
  });
  timed('train', () => {
    trainIndex(db, 'index');
  });
});
db.close();
rmSync(folder, { recursive: true });

await using cloud = await startLocalCloud();
const connection = connect({ baseUrl: cloud.url, token: cloud.token });
const directory = await firstValueFrom(createDirectory(connection, { name: 'bench' }));
await lastValueFrom(
  from(documents).pipe(
    mergeMap(({ id, pages }) => {
      const text = pages.map((page) => page.text).join('\n\n');
      return uploadDirectoryFile(connection, directory.id, {
        upload_file: new File([text], `${id}.md`),
      });
    }, 4),
  ),
);

const begun = performance.now();
const { id: indexId } = await firstValueFrom(
  createIndex(connection, { source_directory_id: directory.id }),
);
const answers: number[] = [];
let status: unknown;
while (status !== 'ready' && status !== 'failed') {
  await setTimeout(5);
  const asked = performance.now();
  const { metadata } = await firstValueFrom(getIndex(connection, indexId));
  answers.push(performance.now() - asked);
  status = metadata?.status;
}
const seconds = ((performance.now() - begun) / 1_000).toFixed(2);
answers.sort((left, right) => left - right);
const share = (part: number): string =>
  `${(answers[Math.floor((answers.length - 1) * part)] ?? Number.NaN).toFixed(1)} ms`;
console.log(
  `by a cloud ${seconds} s; ${answers.length} other answers: ` +
    `median ${share(0.5)}, 99 % within ${share(0.99)}, slowest ${share(1)}`,
);
