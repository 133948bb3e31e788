import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../src/startLocalCloud.ts';
import { createDirectory, send, upload } from '../support/cloud.ts';

const storage = { firstMs: 5, longestMs: 40 };

/** Asks again and again until what is asked for has one of these statuses. */
async function ended(cloud: LocalCloud, path: string, statusOf: (body: never) => unknown) {
  const final = /^(ready|completed|failed|success|partial_success|error)$/i;
  await expect
    .poll(
      async () => {
        const { status, body } = await send(cloud, `GET ${path}`);
        return status === 200 ? String(statusOf(body as never)) : 'busy';
      },
      { timeout: 25_000, interval: 20 },
    )
    .toMatch(final);
  return statusOf((await send(cloud, `GET ${path}`)).body as never);
}

interface Started {
  readonly batch: string;
  readonly index: string;
  readonly split: string;
  readonly sheets: string;
  readonly session: string;
}

/** Files of a directory, and one job of each kind on them. */
async function startEverything(cloud: LocalCloud, webhook: string): Promise<Started> {
  const directory = await createDirectory(cloud, 'Work');
  const ids: string[] = [];
  for (let n = 0; n < 6; n += 1) {
    const { file_id } = await upload(cloud, directory, `f${n}.md`, `# File ${n}\n\nIt grew ${n}.`);
    ids.push(file_id ?? '');
  }
  const { file_id: table } = await upload(cloud, directory, 't.csv', 'a,b\n1,2\n3,4\n');
  const create = async (route: string, body: unknown): Promise<{ id: string }> => {
    const answer = await send(cloud, route, body);
    expect(answer.status, route).toBeLessThan(300);
    return answer.body as { id: string };
  };
  const batch = await create('POST /api/v1/beta/batch-processing', {
    directory_id: directory.id,
    job_config: { parameters: { webhook_configurations: [{ webhook_url: webhook }] } },
  });
  const index = await create('POST /api/v1/indexes', { source_directory_id: directory.id });
  const split = await create('POST /api/v1/beta/split/jobs', {
    document_input: { type: 'file_id', value: ids[0] },
    configuration: { categories: [{ name: 'report' }] },
  });
  const sheets = await create('POST /api/v1/beta/sheets/jobs', { file_id: table, config: {} });
  const session = (await send(cloud, 'POST /api/v1/chat', {})).body as { session_id: string };
  return {
    batch: batch.id,
    index: index.id,
    split: split.id,
    sheets: sheets.id,
    session: session.session_id,
  };
}

async function expectAllWell(cloud: LocalCloud, started: Started): Promise<void> {
  const { batch, index, split, sheets } = started;
  expect({
    batch: await ended(
      cloud,
      `/api/v1/beta/batch-processing/${batch}`,
      ({ job }: { job: { status: string } }) => job.status,
    ),
    index: await ended(
      cloud,
      `/api/v1/indexes/${index}`,
      ({ metadata }: { metadata: { status: string } }) => metadata.status,
    ),
    split: await ended(
      cloud,
      `/api/v1/beta/split/jobs/${split}`,
      ({ status }: { status: string }) => status,
    ),
    sheets: await ended(
      cloud,
      `/api/v1/beta/sheets/jobs/${sheets}`,
      ({ status }: { status: string }) => status,
    ),
  }).toEqual({ batch: 'completed', index: 'ready', split: 'completed', sheets: 'SUCCESS' });
  const { body } = await send(cloud, `GET /api/v1/beta/batch-processing/${batch}/items`);
  const items = (body as { items: { status: string }[] }).items;
  expect(items.map(({ status }) => status)).toEqual(Array(7).fill('completed'));
}

describe('work in the background', () => {
  let folder: string;
  let told: number;
  let webhook: string;
  const hooks = createServer((request, response) => {
    request.resume().on('end', () => {
      told += 1;
      response.end();
    });
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'outages-test-'));
    told = 0;
    hooks.listen(0, '127.0.0.1');
    await once(hooks, 'listening');
    webhook = `http://127.0.0.1:${(hooks.address() as AddressInfo).port}/`;
  });
  afterEach(async () => {
    hooks.close();
    hooks.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  it('goes on by itself after another program has locked both databases', async () => {
    await using cloud = await startLocalCloud({ dataDir: folder, storage });
    const started = await startEverything(cloud, webhook);
    for (const name of ['cloud.db', 'search.db']) {
      const other = new DatabaseSync(join(folder, name));
      other.exec('BEGIN IMMEDIATE');
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      other.close();
    }
    await expectAllWell(cloud, started);
    await expect.poll(() => told, { timeout: 10_000 }).toBeGreaterThanOrEqual(8);
  });

  it('goes on by itself after the disk was full', async (test) => {
    const disk = join(folder, 'disk');
    await mkdir(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      test.skip('a disk of its own can be made by root only');
    }
    try {
      await using cloud = await startLocalCloud({ dataDir: join(disk, 'data'), storage });
      const started = await startEverything(cloud, webhook);
      const ballast = join(disk, 'ballast');
      await writeFile(ballast, Buffer.alloc(30 * 2 ** 20)).catch(() => undefined);
      const refused = await send(cloud, 'POST /api/v1/beta/directories', { name: 'x'.repeat(200) });
      expect(refused.status).toBe(503);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await rm(ballast);
      await expectAllWell(cloud, started);
    } finally {
      // Lazily: a reader that was just killed may still be on its way out.
      execFileSync('umount', ['--lazy', disk]);
    }
  });

  it('writes files that only their owner can read', async () => {
    const data = join(folder, 'data');
    await mkdir(join(data, 'files'), { recursive: true });
    await chmod(join(data, 'files'), 0o755);
    await writeFile(join(data, 'cloud.db'), '', { mode: 0o644 });
    const umask = process.umask(0);
    try {
      await using cloud = await startLocalCloud({ dataDir: data, storage });
      await expectAllWell(cloud, await startEverything(cloud, webhook));
      const entries = await readdir(data, { recursive: true, withFileTypes: true });
      const open: string[] = [];
      for (const entry of entries) {
        const { mode } = await stat(join(entry.parentPath, entry.name));
        if ((mode & 0o077) !== 0) {
          open.push(`${entry.name} ${(mode & 0o777).toString(8)}`);
        }
      }
      expect(entries.filter((entry) => entry.isFile()).length).toBeGreaterThan(10);
      expect(open).toEqual([]);
    } finally {
      process.umask(umask);
    }
  });
});
