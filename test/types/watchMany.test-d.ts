import type { Observable } from 'rxjs';
import { expectTypeOf, it } from 'vitest';
import {
  type BatchJobProgress,
  type ChangedJob,
  type Connection,
  type Index,
  type JobChange,
  type JobError,
  jobWatcher,
  type LostJob,
  type SplitJob,
  watchMany,
} from '../../src/index.ts';

declare const connection: Connection;

it('emits changes of the kinds that are asked for, and of no others', () => {
  const changes = watchMany(connection, { split: ['spl-1'], index: ['idx-1'] });
  expectTypeOf(changes).toEqualTypeOf<Observable<JobChange<'split' | 'index'>>>();
  expectTypeOf<JobChange<'split' | 'index'>>().toEqualTypeOf<
    ChangedJob<'split'> | LostJob<'split'> | ChangedJob<'index'> | LostJob<'index'>
  >();
});

it('tells the job by its kind and what was lost by its error', () => {
  watchMany(connection, { split: ['spl-1'], batch: ['bjb-1'], index: [] }).subscribe((change) => {
    if (change.error) {
      expectTypeOf(change.error).toEqualTypeOf<
        JobError<SplitJob> | JobError<BatchJobProgress> | JobError<Index>
      >();
      expectTypeOf(change.job).toEqualTypeOf<undefined>();
    } else if (change.kind === 'split') {
      expectTypeOf(change.job).toEqualTypeOf<SplitJob>();
    } else {
      expectTypeOf(change.job).toEqualTypeOf<BatchJobProgress | Index>();
    }
  });
});

it('refuses a kind that does not exist', () => {
  // @ts-expect-error There are no chat jobs.
  watchMany(connection, { chat: ['ses-1'] });
  // @ts-expect-error There are no chat jobs here either.
  jobWatcher(connection)({ chat: ['ses-1'] });
});
