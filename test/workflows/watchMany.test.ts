import { setTimeout } from 'node:timers/promises';
import { lastValueFrom, type Observable, take, toArray } from 'rxjs';
import { startLocalCloud } from 'rx-llamacloud-local';
import { describe, expect, it } from 'vitest';
import { HttpError, JobError } from '../../src/errors.ts';
import { connect, type Connection } from '../../src/http/connection.ts';
import { createBatchJob } from '../../src/sources/batchJobs.ts';
import { createDirectory } from '../../src/sources/directories.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { createIndex } from '../../src/sources/indexes.ts';
import { createSheetsJob } from '../../src/sources/sheets.ts';
import { createSplitJob } from '../../src/sources/split.ts';
import type { SplitJobStatus } from '../../src/types/split.ts';
import { type JobChange, type JobKind, jobWatcher } from '../../src/workflows/jobWatcher.ts';
import { watchMany } from '../../src/workflows/watchMany.ts';
import { connectTo } from '../support/operation.ts';
import { json, type SeenRequest, startServer, type TestServer } from '../support/server.ts';

const list = '/api/v1/beta/split/jobs';
const quick = { interval: { min: 5, max: 5 } };

/** What a script says of a job: where it stands, that the list leaves it out, or that it is not there. */
type Line = SplitJobStatus | 'forgotten' | 'deleted';

/** A server of split jobs that go through their lines, one line a round, and stay at the last. */
async function startSplitServer(
  lines: (id: string, round: number) => Line,
): Promise<TestServer & { readonly rounds: () => readonly string[][] }> {
  const rounds: string[][] = [];
  let inRound = new Set<string>();
  const roundOf = (ids: readonly string[]): number => {
    if (rounds.length === 0 || ids.some((id) => inRound.has(id))) {
      rounds.push([]);
      inRound = new Set();
    }
    ids.forEach((id) => inRound.add(id));
    return rounds.length - 1;
  };
  const server = await startServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://x');
    if (pathname === list) {
      const ids = searchParams.getAll('job_ids');
      const round = roundOf(ids);
      rounds[round]?.push(request.url);
      const items = ids
        .map((id) => ({ id, status: lines(id, round) }))
        .filter(({ status }) => status !== 'forgotten' && status !== 'deleted');
      json(response, { items, next_page_token: null });
    } else {
      const id = pathname.slice(list.length + 1);
      rounds.at(-1)?.push(request.url);
      const status = lines(id, rounds.length - 1);
      json(
        response,
        status === 'deleted' ? { detail: 'no such job' } : { id, status: 'processing' },
        status === 'deleted' ? 404 : 200,
      );
    }
  });
  return Object.assign(server, { rounds: () => rounds });
}

/** Changes as `id status`. */
async function told<K extends JobKind>(changes: Observable<JobChange<K>>): Promise<string[]> {
  const all = await lastValueFrom(changes.pipe(toArray()));
  return all.map(
    ({ id, job, error }) =>
      `${id} ${error ? error.kind : 'status' in job ? job.status : 'something else'}`,
  );
}

const queryOf = ({ url }: SeenRequest): URLSearchParams => new URL(url, 'http://x').searchParams;

describe('watchMany', () => {
  it('watches a thousand split jobs with ten requests a round, and sees every one end', async () => {
    const ids = Array.from({ length: 1_000 }, (_, n) => `spl-${n}`);
    const ends = ['completed', 'failed', 'cancelled'] as const;
    const endOf = (id: string): SplitJobStatus => ends[Number(id.slice(4)) % 3] ?? 'completed';
    await using server = await startSplitServer((id, round) =>
      round < 4 ? (round < 2 ? 'pending' : 'processing') : endOf(id),
    );
    const changes = await told(watchMany(connectTo(server.url), { split: ids }, quick));
    expect(server.rounds().map((urls) => urls.length)).toEqual([10, 10, 10, 10, 10]);
    expect(changes.toSorted()).toEqual(
      ids.flatMap((id) => [`${id} pending`, `${id} processing`, `${id} ${endOf(id)}`]).sort(),
    );
    expect(server.requests.every((request) => queryOf(request).get('page_size') === '100')).toBe(
      true,
    );
  });

  it('asks only about jobs that have not ended', async () => {
    const ids = Array.from({ length: 250 }, (_, n) => `spl-${n}`);
    // A hundred jobs end with each round.
    await using server = await startSplitServer((id, round) =>
      Number(id.slice(4)) < (round + 1) * 100 ? 'completed' : 'processing',
    );
    await told(watchMany(connectTo(server.url), { split: ids }, quick));
    expect(server.rounds().map((urls) => urls.length)).toEqual([3, 2, 1]);
  });

  it('sees the end of a job that ended between two rounds', async () => {
    await using server = await startSplitServer((_, round) =>
      round === 0 ? 'pending' : 'completed',
    );
    const changes = await told(watchMany(connectTo(server.url), { split: ['spl-1'] }, quick));
    expect(changes).toEqual(['spl-1 pending', 'spl-1 completed']);
  });

  it('does not take a job for gone that a list has forgotten', async () => {
    await using server = await startSplitServer((_, round) =>
      round === 0 ? 'pending' : round === 1 ? 'forgotten' : 'completed',
    );
    const changes = await told(watchMany(connectTo(server.url), { split: ['spl-1'] }, quick));
    expect(changes).toEqual(['spl-1 pending', 'spl-1 processing', 'spl-1 completed']);
    expect(server.requests).toHaveLength(4);
  });

  it('tells that a job is gone, once its own address says so, and goes on with the others', async () => {
    await using server = await startSplitServer((id, round) =>
      id === 'spl-2' && round > 0 ? 'deleted' : round < 3 ? 'processing' : 'completed',
    );
    const jobs = { split: ['spl-1', 'spl-2'] };
    const changes = await lastValueFrom(
      watchMany(connectTo(server.url), jobs, quick).pipe(toArray()),
    );
    const gone = changes.find(({ error }) => error);
    expect(gone?.id).toBe('spl-2');
    expect(gone?.error).toBeInstanceOf(JobError);
    expect(gone?.error).toMatchObject({ kind: 'gone', job: { id: 'spl-2', status: 'processing' } });
    expect(gone?.error?.cause).toBeInstanceOf(HttpError);
    expect(changes.at(-1)).toMatchObject({ id: 'spl-1', job: { status: 'completed' } });
    expect(server.rounds().map((urls) => urls.length)).toEqual([1, 2, 1, 1]);
  });

  it('follows a list that is cut into smaller pages than asked for', async () => {
    const jobs = ['spl-1', 'spl-2', 'spl-3'].map((id) => ({ id, status: 'completed' }));
    await using server = await startServer((request, response) => {
      const token = Number(queryOf(request).get('page_token') ?? 0);
      const next = token + 1 < jobs.length ? String(token + 1) : null;
      json(response, { items: [jobs[token]], next_page_token: next });
    });
    const ids = jobs.map(({ id }) => id);
    const changes = await told(watchMany(connectTo(server.url), { split: ids }, quick));
    expect(changes).toEqual(ids.map((id) => `${id} completed`));
    expect(server.requests).toHaveLength(3);
  });

  it('gives up on what has not ended in time, with what was last seen', async () => {
    await using server = await startSplitServer((id) =>
      id === 'spl-1' ? 'completed' : 'processing',
    );
    const config = { ...quick, timeout: 300 };
    const jobs = { split: ['spl-1', 'spl-2'] };
    const changes = await lastValueFrom(
      watchMany(connectTo(server.url), jobs, config).pipe(toArray()),
    );
    expect(changes.at(-1)).toMatchObject({
      id: 'spl-2',
      error: { name: 'JobError', kind: 'timeout', job: { status: 'processing' } },
    });
    expect(changes.filter(({ error }) => error)).toHaveLength(1);
  });

  it('errors as a whole when a question fails for good, and can be subscribed to again', async () => {
    let down = true;
    await using server = await startServer((_, response) => {
      json(
        response,
        down ? {} : { items: [{ id: 'spl-1', status: 'completed' }] },
        down ? 403 : 200,
      );
    });
    const watched = watchMany(connectTo(server.url), { split: ['spl-1'] }, quick);
    await expect(lastValueFrom(watched)).rejects.toMatchObject({ name: 'HttpError', status: 403 });
    down = false;
    expect(await told(watched)).toEqual(['spl-1 completed']);
  });

  it('sends nothing before it is subscribed, and stops when it is unsubscribed', async () => {
    await using server = await startSplitServer(() => 'processing');
    const watched = watchMany(connectTo(server.url), { split: ['spl-1'] }, quick);
    expect(server.requests).toEqual([]);
    await lastValueFrom(watched.pipe(take(1)));
    // A second watcher asks once; had the first gone on, the jobs would be asked about by both.
    await lastValueFrom(
      watchMany(connectTo(server.url), { split: ['spl-2'] }, quick).pipe(take(1)),
    );
    expect(server.requests).toHaveLength(2);
  });

  it('shares the questions between subscriptions to one result', async () => {
    await using server = await startSplitServer((_, round) =>
      round === 0 ? 'processing' : 'completed',
    );
    const watched = watchMany(connectTo(server.url), { split: ['spl-1'] }, quick);
    const both = await Promise.all([told(watched), told(watched)]);
    expect(both[0]).toEqual(['spl-1 processing', 'spl-1 completed']);
    expect(both[1]).toEqual(both[0]);
    expect(server.requests).toHaveLength(2);
  });

  it('completes at once when there is nothing to watch', async () => {
    const watched = watchMany(connectTo('http://127.0.0.1:1'), { split: [], index: [] });
    expect(await lastValueFrom(watched.pipe(toArray()))).toEqual([]);
  });

  it('refuses an interval that makes no sense when it is called', () => {
    const connection = connectTo('http://127.0.0.1:1');
    for (const config of [{ interval: { min: 0 } }, { timeout: NaN }, { interval: { max: 1 } }]) {
      expect(() => watchMany(connection, { split: ['spl-1'] }, config)).toThrow(RangeError);
    }
  });

  it.each(['{"split":["spl-1",""]}', '{"batch":[".."]}', '{"index":[null]}', '{"chat":[]}'])(
    'refuses %s when it is called',
    (text) => {
      const jobs = JSON.parse(text) as { split: string[] };
      const watch = jobWatcher(connectTo('http://127.0.0.1:1'));
      expect(() => watch(jobs)).toThrow(TypeError);
    },
  );

  it('keeps batch jobs and indexes within the limit on questions', async () => {
    let open = 0;
    let most = 0;
    await using server = await startServer(async (request, response) => {
      most = Math.max(most, ++open);
      await setTimeout(20);
      open -= 1;
      const id = request.url.split('/').at(-1);
      json(
        response,
        request.url.includes('batch')
          ? { job: { id, status: 'completed' }, progress_percentage: 100 }
          : { id, metadata: { status: 'ready' } },
      );
    });
    const batch = Array.from({ length: 30 }, (_, n) => `bjb-${n}`);
    const index = Array.from({ length: 30 }, (_, n) => `idx-${n}`);
    const watched = watchMany(connectTo(server.url), { batch, index }, quick);
    expect(await lastValueFrom(watched.pipe(toArray()))).toHaveLength(60);
    expect(server.requests).toHaveLength(60);
    expect(most).toBe(8);
  });

  it('watches every kind of job at the embedded cloud', async () => {
    await using cloud = await startLocalCloud();
    const connection = connect({ baseUrl: cloud.url, token: cloud.token });
    const { split, sheets, batch, index } = await startJobs(connection);
    const jobs = { split, sheets: [sheets], batch: [batch], index: [index] };
    const config = { interval: { min: 20, max: 40 } };
    const changes = await lastValueFrom(watchMany(connection, jobs, config).pipe(toArray()));

    const last = new Map(changes.map((change) => [change.id, change]));
    for (const id of split) {
      expect(last.get(id)).toMatchObject({ kind: 'split', job: { status: 'completed' } });
    }
    expect(last.get(sheets)).toMatchObject({
      kind: 'sheets',
      job: { status: 'SUCCESS', regions: [{ region_type: 'table' }] },
    });
    expect(last.get(batch)).toMatchObject({ kind: 'batch', job: { job: { status: 'completed' } } });
    expect(last.get(index)).toMatchObject({
      kind: 'index',
      job: { metadata: { status: 'ready' } },
    });
    expect(last.size).toBe(split.length + 3);
  });
});

describe('jobWatcher', () => {
  it('asks once a round about a job that several watch, and forgets it with the last', async () => {
    await using server = await startSplitServer((_, round) =>
      round < 2 ? 'processing' : 'completed',
    );
    const watch = jobWatcher(connectTo(server.url), quick);
    const both = await Promise.all([
      told(watch({ split: ['spl-1', 'spl-2'] })),
      told(watch({ split: ['spl-2', 'spl-3', 'spl-2'] })),
    ]);
    expect(both[0]).toContain('spl-2 completed');
    expect(both[1]).toEqual([
      'spl-2 processing',
      'spl-3 processing',
      'spl-2 completed',
      'spl-3 completed',
    ]);
    expect(server.rounds().map((urls) => urls.length)).toEqual([1, 1, 1]);

    expect(await told(watch({ split: ['spl-1'] }))).toEqual(['spl-1 completed']);
    expect(server.requests).toHaveLength(4);
  });
});

/** The ids of two splits, a sheets job, and a batch and an index of their three files. */
async function startJobs(
  connection: Connection,
): Promise<{ split: string[]; sheets: string; batch: string; index: string }> {
  const directory = await lastValueFrom(createDirectory(connection, { name: 'birds' }));
  const upload = async (name: string, text: string): Promise<string> => {
    const body = { upload_file: new File([text], name) };
    const event = await lastValueFrom(uploadDirectoryFile(connection, directory.id, body));
    return event.type === 'uploaded' ? (event.file.file_id ?? '') : '';
  };
  const split: string[] = [];
  for (const bird of ['Herons', 'Storks']) {
    const value = await upload(`${bird}.md`, `# ${bird}\n\n${bird} stand in the river.\n`);
    const job = createSplitJob(connection, {
      document_input: { type: 'file_id', value },
      configuration: { categories: [{ name: 'birds' }, { name: 'invoices' }] },
    });
    split.push((await lastValueFrom(job)).id);
  }
  const file_id = await upload('birds.csv', 'bird,legs\nheron,2\nstork,2\n');
  const sheets = await lastValueFrom(createSheetsJob(connection, { file_id }));
  const directory_id = directory.id;
  const batch = await lastValueFrom(createBatchJob(connection, { directory_id, job_config: {} }));
  const index = await lastValueFrom(createIndex(connection, { source_directory_id: directory_id }));
  return { split, sheets: sheets.id, batch: batch.id, index: index.id };
}
