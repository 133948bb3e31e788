/**
 * What load does to the embedded cloud: whether small reads starve a running job, and whether its memory grows.
 *
 *     node bench/endurance.ts [seconds of load, default 60]
 *
 * The cloud runs in a process of its own. First a batch of forty files alone, then, while sixteen readers ask as fast
 * as they can, one round after the other of what users do: upload, batch, index, retrieve, records, a chat turn, and
 * everything deleted again. Reads the memory of the process from /proc, so it needs Linux.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { defer, from, lastValueFrom, mergeMap, range, repeat, toArray } from 'rxjs';
import { connect, type Connection } from '../src/http/connection.ts';
import {
  createAgentData,
  deleteMatchingAgentData,
  searchAgentData,
} from '../src/sources/agentData.ts';
import { createBatchJob, watchBatchJob } from '../src/sources/batchJobs.ts';
import { createChatSession, deleteChatSession, streamChat } from '../src/sources/chat.ts';
import { createDirectory, deleteDirectory, getDirectory } from '../src/sources/directories.ts';
import { uploadDirectoryFile } from '../src/sources/directoryFiles.ts';
import { createIndex, deleteIndex, watchIndex } from '../src/sources/indexes.ts';
import { retrieve } from '../src/sources/retrieval.ts';

const seconds = Number(process.argv[2] ?? 60);
const watch = { interval: { min: 20, max: 100 } };
const records = { deployment_name: '_public', collection: 'endurance' };
let made = 0;

/** A directory with forty short documents that no other round has. */
async function fill(connection: Connection): Promise<string> {
  made += 1;
  const { id } = await lastValueFrom(createDirectory(connection, { name: `round ${made}` }));
  const texts = Array.from(
    { length: 40 },
    (_, n) =>
      `# Report ${n} of round ${made}\n\nHerons stand in river ${n}. Storks nest on roof ${made}.\n`,
  );
  const uploads = from(texts).pipe(
    mergeMap((text, n) => {
      const upload_file = new File([text], `report ${n}.md`);
      return uploadDirectoryFile(connection, id, { upload_file, unique_id: `r${n}` });
    }, 8),
  );
  await lastValueFrom(uploads);
  return id;
}

/** How long the batch of a directory takes, in milliseconds. */
async function batch(connection: Connection, directory_id: string): Promise<number> {
  const begun = performance.now();
  const { id } = await lastValueFrom(createBatchJob(connection, { directory_id, job_config: {} }));
  const { job } = await lastValueFrom(watchBatchJob(connection, id, watch));
  if (job.processed_items !== 40) {
    throw new Error(`The batch processed ${job.processed_items} of 40 files.`);
  }
  return performance.now() - begun;
}

/** One round of everything, and how long its batch took. */
async function round(connection: Connection): Promise<number> {
  const directory = await fill(connection);
  const duration = await batch(connection, directory);
  const index = await lastValueFrom(createIndex(connection, { source_directory_id: directory }));
  await lastValueFrom(watchIndex(connection, index.id, watch));
  await lastValueFrom(
    retrieve(connection, { index_id: index.id, query: 'Where do herons stand?' }),
  );
  await lastValueFrom(
    range(20).pipe(mergeMap((n) => createAgentData(connection, { ...records, data: { n } }), 8)),
  );
  await lastValueFrom(searchAgentData(connection, records).pipe(toArray()));
  await lastValueFrom(deleteMatchingAgentData(connection, records));
  const session = await lastValueFrom(createChatSession(connection, { index_ids: [index.id] }));
  const question = { index_ids: [index.id], prompt: 'Where do herons stand?' };
  await lastValueFrom(streamChat(connection, session.session_id, question));
  await lastValueFrom(deleteChatSession(connection, session.session_id));
  await lastValueFrom(deleteIndex(connection, index.id));
  await lastValueFrom(deleteDirectory(connection, directory));
  return duration;
}

const dataDir = await mkdtemp(join(tmpdir(), 'rx-llamacloud-endurance-'));
const main = join(import.meta.dirname, '../local/src/main.ts');
const cloud = spawn(
  process.execPath,
  [main, '--port', '0', '--data', dataDir, '--token', 'bench'],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
try {
  const [line] = (await once(createInterface(cloud.stdout), 'line')) as [string];
  const baseUrl = /http:\S+/.exec(line)?.[0];
  const connection = connect({ baseUrl, token: 'bench' });
  const readers = connect({ baseUrl, token: 'bench' });
  const memory = (): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${cloud.pid}/status`, 'utf8'))?.[1]) / 1024;

  const directory = await fill(connection);
  // The first batch starts the parsers; the second one is the measure.
  await batch(connection, directory);
  const alone = await batch(connection, await fill(connection));

  let reads = 0;
  const reading = range(16).pipe(
    mergeMap(() => defer(() => getDirectory(readers, directory)).pipe(repeat())),
  );
  const load = reading.subscribe(() => (reads += 1));
  const batches: number[] = [];
  const sizes: number[] = [];
  const begun = performance.now();
  while (performance.now() - begun < seconds * 1000) {
    batches.push(await round(connection));
    sizes.push(memory());
  }
  const took = (performance.now() - begun) / 1000;
  load.unsubscribe();

  const median = (values: readonly number[]): number =>
    values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)] ?? NaN;
  const quarter = Math.ceil(sizes.length / 4);
  console.log(
    `${batches.length} rounds in ${took.toFixed(0)} s beside ${Math.round(reads / took)} reads/s`,
  );
  console.log(
    `batch of 40 files: ${alone.toFixed(0)} ms alone, ${median(batches).toFixed(0)} ms (median) under load`,
  );
  console.log(
    `memory: ${median(sizes.slice(0, quarter)).toFixed(0)} MiB in the first quarter, ` +
      `${median(sizes.slice(-quarter)).toFixed(0)} MiB in the last`,
  );
} finally {
  cloud.kill('SIGTERM');
  await once(cloud, 'exit');
  await rm(dataDir, { recursive: true, force: true });
}
