import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DirectoryFile } from '../../../src/types/directoryFiles.ts';
import type { Page } from '../../../src/types/page.ts';
import type { SplitJob } from '../../../src/types/split.ts';
import { type LocalCloud, startLocalCloud } from '../../src/startLocalCloud.ts';
import { createDirectory, type Endpoint, send, until, upload } from '../support/cloud.ts';
import { pdf } from '../support/documents.ts';
import { settings, typeset } from '../support/typeset.ts';
import * as writings from '../support/writings.ts';

const jobs = '/api/v1/beta/split/jobs';
const categories = [
  { name: 'essay', description: 'Personal essays' },
  { name: 'invoice', description: null },
];
const { book, office } = settings;

/** An essay of two pages, an invoice, and a lease, which is in no category. */
const bundle = Uint8Array.from(
  typeset([
    { text: writings.essay, setting: book },
    { text: writings.invoice, setting: office },
    { text: writings.lease, setting: book },
  ]).pdf,
);

function input(file: Pick<DirectoryFile, 'file_id'>) {
  return { type: 'file_id', value: file.file_id };
}

async function create(cloud: Endpoint, body: object): Promise<SplitJob> {
  const { status, body: job } = await send(cloud, `POST ${jobs}`, body);
  expect(status).toBe(201);
  return job as SplitJob;
}

async function list(cloud: Endpoint, query: string): Promise<Page<SplitJob>> {
  const { status, body } = await send(cloud, `GET ${jobs}${query}`);
  expect(status).toBe(200);
  return body as Page<SplitJob>;
}

function ids(page: Page<SplitJob>): readonly string[] {
  return (page.items ?? []).map(({ id }) => id);
}

async function finished(cloud: Endpoint, id: string): Promise<SplitJob> {
  return until(
    async () => (await send(cloud, `GET ${jobs}/${id}`)).body as SplitJob,
    ({ status }) => status === 'completed' || status === 'failed',
  );
}

// Each job starts a process, which takes its time on a busy machine.
describe('split jobs', { timeout: 30_000 }, () => {
  let cloud: LocalCloud;
  let file: DirectoryFile;

  beforeAll(async () => {
    cloud = await startLocalCloud();
    file = await upload(cloud, await createDirectory(cloud, 'bundles'), 'bundle.pdf', bundle);
  });

  afterAll(() => cloud.close());

  const uploaded = async (name: string, content: string | Uint8Array<ArrayBuffer>) =>
    upload(cloud, await createDirectory(cloud, name), name, content);

  it('go from pending to segments of 1-based pages', async () => {
    const job = await create(cloud, {
      document_input: input(file),
      configuration: { categories },
    });

    expect(job).toMatchObject({
      id: expect.stringMatching(/^spl-/) as string,
      document_input: input(file),
      categories,
      status: 'pending',
      result: null,
      error_message: null,
    });
    const confidence_category = expect.stringMatching(/^(high|medium|low)$/) as string;
    expect(await finished(cloud, job.id)).toEqual({
      ...job,
      status: 'completed',
      updated_at: expect.any(String) as string,
      result: {
        segments: [
          { category: 'essay', pages: [1, 2], confidence_category },
          { category: 'invoice', pages: [3], confidence_category: 'high' },
          { category: 'uncategorized', pages: [4, 5], confidence_category },
        ],
      },
    });
  });

  it.each([
    ['omit', 2],
    ['forbid', 3],
  ])('heed the strategy %s', async (allow_uncategorized, segments) => {
    const { id } = await create(cloud, {
      document_input: input(file),
      configuration: { categories, splitting_strategy: { allow_uncategorized } },
    });
    const { result } = await finished(cloud, id);

    expect(result?.segments).toHaveLength(segments);
    expect(result?.segments.map(({ category }) => category)).not.toContain('uncategorized');
  });

  it('are made from the older flat form too', async () => {
    const { id } = await create(cloud, {
      document_input: input(file),
      categories: [{ name: 'invoice' }],
      allow_uncategorized: false,
    });
    const { result } = await finished(cloud, id);

    expect(new Set(result?.segments.map(({ category }) => category))).toEqual(new Set(['invoice']));
  });

  it('fail with a sentence on a file that cannot be read', async () => {
    const empty = await uploaded('empty.pdf', '');
    const damaged = await uploaded('damaged.pdf', pdf(['Lost.']).slice(0, 60));
    const scan = await uploaded('scan.pdf', Uint8Array.from(pdf([''])));
    const configuration = { categories };

    const [first, second, third] = await Promise.all(
      [damaged, scan, empty].map(async (each) => {
        const { id } = await create(cloud, { document_input: input(each), configuration });
        return finished(cloud, id);
      }),
    );

    expect(first).toMatchObject({ status: 'failed', result: null });
    expect(first?.error_message).toMatch(/^damaged\.pdf could not be parsed/);
    expect(second?.error_message).toMatch(/^scan\.pdf has no text on any page/);
    expect(third?.error_message).toMatch(/^empty\.pdf is empty/);
  });

  it('are refused for files and configurations that are not there', async () => {
    const configuration = { categories };
    const unknown = { type: 'file_id', value: 'nowhere' };

    expect(
      await send(cloud, `POST ${jobs}`, { document_input: unknown, configuration }),
    ).toMatchObject({ status: 404, body: { detail: 'File nowhere not found' } });
    expect(
      await send(cloud, `POST ${jobs}`, { document_input: input(file), configuration_id: 'cfg-1' }),
    ).toMatchObject({ status: 404, body: { detail: 'Split configuration cfg-1 not found' } });
    expect(await send(cloud, `GET ${jobs}/spl-none`)).toMatchObject({ status: 404 });
  });

  it.each([
    ['without categories', {}, ['body', 'configuration']],
    ['with none', { configuration: { categories: [] } }, ['body', 'configuration', 'categories']],
    [
      'with more than fifty',
      { configuration: { categories: Array.from({ length: 51 }, () => ({ name: 'a' })) } },
      ['body', 'configuration', 'categories'],
    ],
    [
      'with a nameless one',
      { configuration: { categories: [{ name: '' }] } },
      ['body', 'configuration', 'categories', 0, 'name'],
    ],
    [
      'with two configurations',
      { configuration: { categories }, configuration_id: 'cfg-1' },
      ['body', 'configuration_id'],
    ],
  ])('are refused %s', async (_, body, loc) => {
    const answer = await send(cloud, `POST ${jobs}`, { document_input: input(file), ...body });

    expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc }] } });
  });

  it('are listed page by page, by id, by status and by time', async () => {
    const made: SplitJob[] = [];
    for (let at = 0; at < 3; at += 1) {
      const body = { document_input: input(file), configuration: { categories } };
      made.push(await create(cloud, body));
    }
    const wanted = made.map(({ id }) => `job_ids=${id}`).join('&');
    const last = made.at(-1);
    await Promise.all(made.map(({ id }) => finished(cloud, id)));

    const first = await list(cloud, `?${wanted}&page_size=2`);
    const second = await list(
      cloud,
      `?${wanted}&page_size=2&page_token=${first.next_page_token ?? ''}`,
    );
    expect([...ids(first), ...ids(second)]).toEqual(made.map(({ id }) => id));
    expect(second.next_page_token).toBeNull();

    expect(ids(await list(cloud, `?${wanted}&status=failed`))).toEqual([]);
    expect(ids(await list(cloud, `?${wanted}&status=completed`))).toHaveLength(3);
    expect(
      ids(await list(cloud, `?${wanted}&created_at_on_or_after=${last?.created_at ?? ''}`)),
    ).toContain(last?.id);
    expect(ids(await list(cloud, '?created_at_on_or_before=2020-01-01T00:00:00Z'))).toEqual([]);

    const tooMany = Array.from({ length: 101 }, () => 'job_ids=x').join('&');
    expect(await send(cloud, `GET ${jobs}?${tooMany}`)).toMatchObject({ status: 422 });
  });

  it('fail with the language model that is to read the pages', async () => {
    vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:9/v1');
    vi.stubEnv('OPENAI_MODEL', 'm-1');
    try {
      await using other = await startLocalCloud();
      const directory = await createDirectory(other, 'bundles');
      const document_input = input(await upload(other, directory, 'bundle.pdf', bundle));
      const { id } = await create(other, { document_input, configuration: { categories } });

      expect(await finished(other, id)).toMatchObject({
        status: 'failed',
        error_message: expect.stringMatching(/^The connection to the model m-1 at/) as string,
      });
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe('a cloud that is killed in the middle of split jobs', { timeout: 30_000 }, () => {
  let folder: string;
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'split-killed-'));
  });

  afterAll(async () => {
    started.forEach((child) => child.kill('SIGKILL'));
    await rm(folder, { recursive: true });
  });

  const start = async () => {
    const main = new URL('../../src/main.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [main, '--port', '0', '--data', folder, '--token', 'k'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    started.push(child);
    for await (const line of createInterface(child.stdout)) {
      const url = /LLAMA_CLOUD_BASE_URL=(\S+)/.exec(line)?.[1];
      if (url !== undefined) {
        return { child, url, token: 'k' };
      }
    }
    throw new Error('The cloud ended before it said where it answers');
  };

  it('finishes each of them after a restart, and leaves no process behind', async () => {
    const first = await start();
    const directory = await createDirectory(first, 'bundles');
    const document_input = input(await upload(first, directory, 'bundle.pdf', bundle));
    const made: SplitJob[] = [];
    for (let at = 0; at < 5; at += 1) {
      made.push(await create(first, { document_input, configuration: { categories } }));
    }
    const splitters = await until(
      () => Promise.resolve(childrenOf(first.child)),
      (pids) => pids.length > 0,
    );
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');

    const second = await start();
    const done = await Promise.all(made.map(({ id }) => finished(second, id)));
    await until(
      () => Promise.resolve(splitters.filter(isAlive)),
      (alive) => alive.length === 0,
    );

    expect(done.map(({ status }) => status)).toEqual(made.map(() => 'completed'));
    expect(ids(await list(second, ''))).toEqual(made.map(({ id }) => id));
    second.child.kill('SIGTERM');
    expect(await once(second.child, 'exit')).toEqual([0, null]);
  });
});

function childrenOf({ pid }: ChildProcess): number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s.*splitProcess/.exec(line))
    .filter((match) => match?.[2] === String(pid))
    .map((match) => Number(match?.[1]));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
