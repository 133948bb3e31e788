import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SheetsJob } from '../../../src/types/sheets.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { createDirectory, type Endpoint, send, until, upload } from '../support/cloud.ts';

const token = 'llx-test';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheets-runner-'));
});

afterEach(() => rm(folder, { recursive: true }));

/** A cloud in a process of its own, on the test's folder. */
async function startProcess() {
  const program = new URL('../../src/main.ts', import.meta.url).pathname;
  const child = spawn(
    process.execPath,
    [program, '--port', '0', '--data', folder, '--token', token],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for await (const line of createInterface(child.stdout)) {
    return { child, url: line.split('=')[1] ?? '', token };
  }
  throw new Error('The cloud ended before it answered');
}

async function createJob(cloud: Endpoint): Promise<SheetsJob> {
  const directory = await createDirectory(cloud, 'sheets');
  const rows = Array.from({ length: 10_000 }, (_, row) => `${row},a,b,c\n`).join('');
  const { file_id } = await upload(cloud, directory, 'large.csv', rows);
  return (await send(cloud, 'POST /api/v1/beta/sheets/jobs', { file_id })).body as SheetsJob;
}

function ended(cloud: Endpoint, id: string): Promise<SheetsJob> {
  return until(
    async () => (await send(cloud, `GET /api/v1/beta/sheets/jobs/${id}`)).body as SheetsJob,
    ({ status }) => status !== 'PENDING',
  );
}

/** What lies in the folder of results. */
async function results(...path: string[]): Promise<string[]> {
  const names = await readdir(join(folder, 'sheets', ...path)).catch(() => []);
  return names.sort();
}

it('does a job that was waiting or under way when its server was killed', async () => {
  const killed = await startProcess();
  const job = await createJob(killed);
  await until(results, (names) => names.length > 0);
  killed.child.kill('SIGKILL');
  await once(killed.child, 'exit');

  await using cloud = await startLocalCloud({ dataDir: folder, token });
  const done = await ended(cloud, job.id);

  expect(done).toMatchObject({ status: 'SUCCESS', errors: [] });
  expect(done.regions?.map(({ location }) => location)).toEqual(['A1:D10000']);
  await until(results, (names) => names.length === 1);
  expect(await results()).toEqual([job.id]);
  expect(await results(job.id)).toEqual(['rgn-1.cell_metadata.parquet', 'rgn-1.table.parquet']);
});

it('closes at once with a job under way, and does that job after the next start', async () => {
  const first = await startLocalCloud({ dataDir: folder, token });
  const job = await createJob(first);
  await until(results, (names) => names.length > 0);
  const started = performance.now();
  await first.close();
  expect(performance.now() - started).toBeLessThan(2_000);

  await using second = await startLocalCloud({ dataDir: folder, token });
  expect(await ended(second, job.id)).toMatchObject({ status: 'SUCCESS' });
});

it('removes the results of deleted and cancelled jobs, also what a killed server left of them', async () => {
  await mkdir(join(folder, 'sheets', 'sht-gone'), { recursive: true });
  await writeFile(join(folder, 'sheets', 'sht-gone', 'rgn-1.table.parquet'), '');
  await using cloud = await startLocalCloud({ dataDir: folder, token });
  await until(results, (names) => names.length === 0);

  const job = await createJob(cloud);
  await until(results, (names) => names.length > 0);
  await send(cloud, `DELETE /api/v1/beta/sheets/jobs/${job.id}`);
  await until(results, (names) => names.length === 0);
  expect(await ended(cloud, job.id)).toMatchObject({ status: 'CANCELLED', errors: [] });
});
