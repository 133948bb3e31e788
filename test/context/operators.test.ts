import {
  concat,
  delay,
  EMPTY,
  map,
  mergeMap,
  NEVER,
  Observable,
  of,
  range,
  Subject,
  take,
  tap,
  timer,
} from 'rxjs';
import { expect, it } from 'vitest';
import { provideNodeContext } from '../../src/context/nodeContext.ts';
import { batchProgress } from '../../src/operators/batchProgress.ts';
import { Limiter } from '../../src/operators/fan/limiter.ts';
import { withPermit } from '../../src/operators/fan/withPermit.ts';
import { fanOut } from '../../src/operators/fanOut.ts';
import { fanOutFrom } from '../../src/operators/fanOutFrom.ts';
import { type RankedAnswer, mergeRanked } from '../../src/operators/mergeRanked.ts';
import { rateLimit } from '../../src/operators/rateLimit.ts';
import { rerankWith } from '../../src/operators/rerankWith.ts';
import { uploadMap } from '../../src/operators/uploadMap.ts';
import type { BatchJob } from '../../src/types/batchJobs.ts';
import { tenant, wrongContexts } from './support/tenants.ts';

provideNodeContext();

/** Emits the same, and fails where somebody else's context has come in. */
function seenBy<T>(own: string, value: T): Observable<T> {
  return tenant.getStore() === own
    ? of(value)
    : new Observable((subscriber) =>
        subscriber.error(new Error(`${own} was worked for in the context of ${tenant.getStore()}`)),
      );
}

/** Work of a few milliseconds that looks at the context when it begins and when it ends. */
function work<T>(own: string, value: T): Observable<T> {
  return concat(
    seenBy(own, value).pipe(mergeMap(() => EMPTY)),
    timer(2).pipe(mergeMap(() => seenBy(own, value))),
  );
}

/** Whether all that twenty tenants are told is told to each in its own context, and nothing has failed. */
async function expectOwnContexts(start: (own: string) => Observable<unknown>): Promise<void> {
  const failures: unknown[] = [];
  const complaints = await wrongContexts('it', (own) =>
    start(own).pipe(tap({ error: (error: unknown) => failures.push(error) })),
  );
  expect({ complaints, failures }).toEqual({ complaints: [], failures: [] });
}

const answerOf = (id: string): RankedAnswer<{ id: string; content: string; score: number }> => ({
  results: [{ id, content: id, score: 1 }],
});

it('fanOut with a limiter that all share works for each in its own context', async () => {
  const limiter = new Limiter({ concurrency: 3 });
  await expectOwnContexts((own) => range(4).pipe(fanOut(() => work(own, 1), { limiter })));
});

it('a limiter that a rate holds back wakes each up in its own context', async () => {
  const limiter = new Limiter({ rateLimit: { count: 10, window: 20 } });
  await expectOwnContexts((own) => range(3).pipe(fanOut(() => work(own, 1), { limiter })));
});

it('a permit is granted in the context of who waits for it', async () => {
  const limiter = new Limiter({ concurrency: 1 });
  await expectOwnContexts((own) => withPermit(limiter, work(own, 1)));
});

it('fanOut keeps to the context of each value while it waits for a slot', async () => {
  const values = new Subject<string>();
  const done: string[] = [];
  values
    .pipe(
      fanOut((own) => work(own, own), { concurrency: 2 }),
      map((own) => `${own} as ${tenant.getStore()}`),
    )
    .subscribe((line) => done.push(line));
  for (let i = 0; i < 20; i += 1) {
    tenant.run(`tenant-${i}`, () => values.next(`tenant-${i}`));
  }
  await expect.poll(() => done.length).toBe(20);
  expect(done).toEqual(Array.from({ length: 20 }, (_, i) => `tenant-${i} as tenant-${i}`));
});

it('rateLimit emits each value in the context that it came in', async () => {
  const values = new Subject<string>();
  const done: string[] = [];
  values
    .pipe(rateLimit({ count: 5, window: 10 }))
    .subscribe((own) => done.push(`${own} as ${tenant.getStore()}`));
  for (let i = 0; i < 20; i += 1) {
    tenant.run(`tenant-${i}`, () => values.next(`tenant-${i}`));
  }
  await expect.poll(() => done.length).toBe(20);
  expect(done).toEqual(Array.from({ length: 20 }, (_, i) => `tenant-${i} as tenant-${i}`));
});

it('fanOutFrom asks its source in the context of its subscriber, wherever a work has ended', () => {
  const askedAs: unknown[] = [];
  function* source(): Generator<number> {
    for (let i = 0; i < 5; i += 1) {
      askedAs.push(tenant.getStore());
      yield i;
    }
  }
  const bell = new Subject<void>();
  tenant.run('subscriber', () =>
    fanOutFrom(source(), () => bell.pipe(take(1)), { concurrency: 1 }).subscribe(),
  );
  for (let i = 0; i < 5; i += 1) {
    tenant.run('bell', () => bell.next());
  }
  expect(askedAs).toEqual(Array.from({ length: 5 }, () => 'subscriber'));
});

it('uploadMap works for each in its own context', async () => {
  const limiter = new Limiter({ concurrency: 3 });
  await expectOwnContexts((own) =>
    range(3).pipe(uploadMap(() => work(own, { type: 'uploaded', file: {} } as const), { limiter })),
  );
});

it('mergeRanked and rerankWith tell each in its own context', async () => {
  const limiter = new Limiter({ concurrency: 3 });
  await expectOwnContexts((own) =>
    mergeRanked(
      {
        one: withPermit(limiter, work(own, answerOf('one'))),
        two: withPermit(limiter, work(own, answerOf('two'))),
        late: NEVER,
      },
      { deadline: 30 },
    ).pipe(
      rerankWith((items) =>
        withPermit(
          limiter,
          work(
            own,
            items.map(() => 1),
          ),
        ),
      ),
    ),
  );
});

it('batchProgress tells of a stall in the context of its subscriber', async () => {
  const job = { id: 'x', status: 'running', total_items: 1 } as BatchJob;
  await expectOwnContexts(() =>
    concat(of({ job, progress_percentage: 0 }), NEVER).pipe(
      delay(1),
      batchProgress({ stalledAfter: 5 }),
      take(2),
    ),
  );
});
