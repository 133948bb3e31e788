import { lastValueFrom, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { JobError } from '../../src/errors.ts';
import { throwIfFailed, type WatchedJob } from '../../src/operators/throwIfFailed.ts';
import type { BatchJobProgress } from '../../src/types/batchJobs.ts';
import type { Index } from '../../src/types/indexes.ts';
import type { SheetsJob } from '../../src/types/sheets.ts';
import type { SplitJob } from '../../src/types/split.ts';
import { marbles } from '../support/marbles.ts';

function batch(
  status: BatchJobProgress['job']['status'],
  error_message?: string,
): BatchJobProgress {
  return {
    progress_percentage: 0,
    job: {
      id: 'bjb-1',
      project_id: 'p',
      job_type: 'parse',
      status,
      total_items: 1,
      ...(error_message && { error_message }),
    },
  };
}

function index(metadata?: Index['metadata']): Index {
  return {
    id: 'idx-1',
    project_id: 'p',
    name: 'n',
    source_directory_id: 'd',
    sync_config_id: 's',
    export_config_id: 'e',
    ...(metadata && { metadata }),
  };
}

const split: SplitJob = {
  id: 'spl-1',
  project_id: 'p',
  user_id: 'u',
  document_input: { type: 'file_id', value: 'f' },
  categories: [],
  status: 'completed',
};

const sheets: SheetsJob = {
  id: 'sht-1',
  project_id: 'p',
  user_id: 'u',
  config: {},
  status: 'SUCCESS',
  created_at: 'c',
  updated_at: 'u',
  file_id: null,
};

const states: Record<string, WatchedJob> = {
  a: batch('pending'),
  b: batch('running'),
  c: batch('completed'),
  f: batch('failed', 'disk full'),
};
const failed = new JobError('bjb-1 failed: disk full', { kind: 'failed', job: states.f });

describe('throwIfFailed', () => {
  marbles(
    'makes an error of a failed job, as its docs draw it',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a-b-(f|)', states);
      const expected = '   a-b-#';
      const subs = '       ^---!';

      expectObservable(source.pipe(throwIfFailed())).toBe(expected, states, failed);
      expectSubscriptions(source.subscriptions).toBe(subs);
    },
  );

  marbles('passes a job that went well through', ({ cold, expectObservable }) => {
    expectObservable(cold('a-b-(c|)', states).pipe(throwIfFailed())).toBe('a-b-(c|)', states);
  });

  marbles(
    'is silent with a silent source and empty with an empty one',
    ({ cold, expectObservable }) => {
      expectObservable(cold<WatchedJob>('-').pipe(throwIfFailed())).toBe('-');
      expectObservable(cold<WatchedJob>('-|').pipe(throwIfFailed())).toBe('-|');
    },
  );

  marbles('passes an error of the source on', ({ cold, expectObservable }) => {
    expectObservable(cold('a-#', states).pipe(throwIfFailed())).toBe('a-#', states);
  });

  marbles(
    'leaves the source when unsubscribed',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a-b-(c|)', states);
      expectObservable(source.pipe(throwIfFailed()), '^-!').toBe('a--', states);
      expectSubscriptions(source.subscriptions).toBe('    ^-!');
    },
  );

  it.each<[WatchedJob, string, string]>([
    [batch('cancelled'), 'cancelled', 'bjb-1 was cancelled'],
    [index({ status: 'failed', error: 'no files' }), 'failed', 'idx-1 failed: no files'],
    [{ ...split, status: 'failed', error_message: 'x' }, 'failed', 'spl-1 failed: x'],
    [{ ...split, status: 'cancelled' }, 'cancelled', 'spl-1 was cancelled'],
    [{ ...sheets, status: 'ERROR', errors: ['a', 'b'] }, 'failed', 'sht-1 failed: a; b'],
    [{ ...sheets, status: 'CANCELLED' }, 'cancelled', 'sht-1 was cancelled'],
  ])('knows every kind of job: %o', async (job, kind, message) => {
    const error = await lastValueFrom(of(job).pipe(throwIfFailed())).catch((seen: unknown) => seen);
    expect(error).toBeInstanceOf(JobError);
    expect(error).toMatchObject({ kind, message, job });
  });

  it.each<WatchedJob>([index(), index({ status: 'ready' }), split, sheets])(
    'lets what has not failed be: %o',
    async (job) => {
      expect(await lastValueFrom(of(job).pipe(throwIfFailed()))).toBe(job);
    },
  );
});
