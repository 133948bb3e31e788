import {
  BehaviorSubject,
  defer,
  EMPTY,
  NEVER,
  type Observable,
  of,
  type SchedulerLike,
  Subject,
  take,
  throwError,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { pushOrPoll } from '../../src/bridges/pushOrPoll.ts';
import { ResponseError } from '../../src/errors.ts';
import type { BatchJobProgress, BatchJobStatus } from '../../src/types/batchJobs.ts';
import type { Index } from '../../src/types/indexes.ts';
import { marbles } from '../support/marbles.ts';

function state(progress_percentage: number, status: BatchJobStatus = 'running'): BatchJobProgress {
  return {
    progress_percentage,
    job: { id: 'b', project_id: 'p', job_type: 'parse', status, total_items: 4 },
  };
}

const states = { a: state(0), b: state(50), c: state(100, 'completed') };

/** A job that is `a` at first and then what `changes` emits, and when questions about it were begun. */
function jobWith(changes: Observable<BatchJobProgress>, scheduler: SchedulerLike) {
  const now = new BehaviorSubject(states.a);
  changes.subscribe(now);
  const askedAt: number[] = [];
  const once = defer(() => {
    askedAt.push(scheduler.now());
    return now.pipe(take(1));
  });
  return { once, askedAt };
}

describe('pushOrPoll', () => {
  marbles(
    'finds changes by push or by poll, as its docs draw it',
    ({ hot, expectObservable, expectSubscriptions }, scheduler) => {
      const job = hot('    a----b-----c', states);
      const pushed = hot(' -----p-------');
      const subs = '       ^------------!';
      const expected = '   a----b-------(c|)';

      const { once } = jobWith(job, scheduler);
      const result = pushOrPoll(pushed, once, {
        interval: { min: 4, max: 4, pushed: 4 },
        gap: 1,
        scheduler,
      });
      expectObservable(result).toBe(expected, states);
      expectSubscriptions(pushed.subscriptions).toBe(subs);
    },
  );

  marbles(
    'asks ever more rarely while nothing happens, and rarer still once pushes come',
    ({ hot, expectObservable, flush }, scheduler) => {
      const { once, askedAt } = jobWith(NEVER, scheduler);
      const pushed = hot('60ms p');
      const interval = { min: 8, max: 18, pushed: 40 };
      const result = pushOrPoll(pushed, once, { interval, gap: 0, scheduler });

      expectObservable(result, '170ms !').toBe('a', states);
      flush();
      // 8, 12, 18, 18, then at once, then 8, 12, 18, 27, 40.
      expect(askedAt).toEqual([0, 8, 20, 38, 56, 60, 68, 80, 98, 125, 165]);
    },
  );

  marbles(
    'asks often again when a change shows that pushes were lost',
    ({ hot, expectObservable, flush }, scheduler) => {
      const changes = hot('100ms b', states);
      const { once, askedAt } = jobWith(changes, scheduler);
      const pushed = hot('1ms p');
      const interval = { min: 16, max: 16, pushed: 1_000 };
      const result = pushOrPoll(pushed, once, { interval, gap: 0, scheduler });

      expectObservable(result, '170ms !').toBe('a 130ms b', states);
      flush();
      // After the push 16, 24, 36, 54, and again 16, 16 …
      expect(askedAt).toEqual([0, 1, 17, 41, 77, 131, 147, 163]);
    },
  );

  for (const [well, ending] of [
    ['well', '|'],
    ['badly', '#'],
  ] as const) {
    marbles(
      `asks at once and often when pushes end ${well}`,
      ({ hot, expectObservable, flush }, scheduler) => {
        const { once, askedAt } = jobWith(NEVER, scheduler);
        const pushed = hot(`1ms p 98ms ${ending}`);
        const interval = { min: 40, max: 40, pushed: 1_000 };
        const result = pushOrPoll(pushed, once, { interval, gap: 0, scheduler });

        expectObservable(result, '200ms !').toBe('a', states);
        flush();
        expect(askedAt).toEqual([0, 1, 41, 100, 140, 180]);
      },
    );
  }

  marbles(
    'asks once more for all the pushes that come during a question, and after a gap',
    ({ cold, hot, expectObservable, flush }, scheduler) => {
      const askedAt: number[] = [];
      const once = defer(() => {
        askedAt.push(scheduler.now());
        return cold('10ms a', states);
      });
      const pushed = hot('2ms ppp 3ms (pppp) 4ms pp 30ms p');
      const interval = { min: 1_000, max: 1_000, pushed: 1_000 };
      const result = pushOrPoll(pushed, once, { interval, gap: 5, scheduler });

      expectObservable(result, '100ms !').toBe('10ms a', states);
      flush();
      // Answered at 10, 25 and 40; pushed at 2 to 8, at 18 and 19, and at 50.
      expect(askedAt).toEqual([0, 15, 30, 50]);
    },
  );

  marbles(
    'asks every time for a push when it is alone',
    ({ hot, expectObservable, flush }, scheduler) => {
      const { once, askedAt } = jobWith(NEVER, scheduler);
      const pushed = hot('300ms p 99ms p 599ms p');
      const result = pushOrPoll(pushed, once, { interval: { min: 5_000 }, scheduler });

      expectObservable(result, '2s !').toBe('a', states);
      flush();
      // The second comes 100 ms after an answer: it waits until 250 ms are over.
      expect(askedAt).toEqual([0, 300, 550, 1_000]);
    },
  );

  marbles(
    'completes with the first answer when the job has ended',
    ({ hot, expectObservable, expectSubscriptions }) => {
      const pushed = hot('-p-p');
      expectObservable(pushOrPoll(pushed, of(states.c))).toBe('(c|)', states);
      expectSubscriptions(pushed.subscriptions).toBe('(^!)');
    },
  );

  marbles(
    'goes on by polling for a source of pushes that is empty or silent',
    ({ cold, hot, expectObservable }, scheduler) => {
      const config = { interval: { min: 3, max: 3 }, gap: 0, scheduler };
      for (const pushed of [cold('|'), cold('#'), cold('-')]) {
        const { once } = jobWith(hot('--b--c', states), scheduler);
        expectObservable(pushOrPoll(pushed, once, config)).toBe('a--b--(c|)', states);
      }
    },
  );

  marbles('asks again when a question is not answered', ({ expectObservable }, scheduler) => {
    let questions = 0;
    const once = defer(() => (++questions < 3 ? EMPTY : of(states.c)));
    const config = { interval: { min: 3, max: 3 }, scheduler };
    expectObservable(pushOrPoll(NEVER, once, config)).toBe('------(c|)', states);
  });

  marbles('passes an error of a question on', ({ cold, expectObservable }, scheduler) => {
    let questions = 0;
    const once = defer(() => (++questions === 1 ? of(states.a) : cold<BatchJobProgress>('-#')));
    const config = { interval: { min: 3, max: 3 }, scheduler };
    expectObservable(pushOrPoll(NEVER, once, config)).toBe('a---#', states);
  });

  marbles(
    'ends the question under way and the pushes when unsubscribed',
    ({ cold, hot, expectObservable, expectSubscriptions }, scheduler) => {
      const once = cold('----a', states);
      const pushed = hot('-');
      expectObservable(pushOrPoll(pushed, once, { scheduler }), '--!').toBe('--');
      expectSubscriptions(once.subscriptions).toBe('^-!');
      expectSubscriptions(pushed.subscriptions).toBe('^-!');
    },
  );

  marbles('keeps its state for each subscription', ({ hot, expectObservable }, scheduler) => {
    const { once } = jobWith(hot('---b----c', states), scheduler);
    const config = { interval: { min: 4, max: 4, pushed: 4 }, gap: 0, scheduler };
    const result = pushOrPoll(hot('---p'), once, config);
    expectObservable(result).toBe('      a--b-------(c|)', states);
    expectObservable(result, '----^').toBe('----b---(c|)', states);
  });

  it('takes what is no job for a ResponseError', () => {
    for (const answer of ['null', '{}', '5', '{"job":null}', '{"status":1}']) {
      let caught: unknown;
      pushOrPoll(NEVER, of(JSON.parse(answer) as BatchJobProgress)).subscribe({
        error: (error: unknown) => (caught = error),
      });
      expect(caught).toBeInstanceOf(ResponseError);
    }
  });

  it.each<[string, BatchJobProgress | Index]>([
    ['a batch that failed', state(10, 'failed')],
    ['a batch that was cancelled', state(10, 'cancelled')],
    ['an index that is ready', indexWith('ready')],
    ['an index that failed', indexWith('failed')],
  ])('ends with %s', (_, job) => {
    let completed = false;
    pushOrPoll(NEVER, of(job)).subscribe({ complete: () => (completed = true) });
    expect(completed).toBe(true);
  });

  it.each([
    [{ interval: { min: 0 } }],
    [{ interval: { min: 2, max: 1 } }],
    [{ interval: { max: 100, pushed: 99, min: 1 } }],
    [{ interval: { pushed: 2 ** 31 } }],
    [{ gap: -1 }],
    [{ gap: NaN }],
  ])('refuses %o when called', (config) => {
    expect(() => pushOrPoll(new Subject(), throwError(Error), config)).toThrow(RangeError);
  });
});

function indexWith(status: string): Index {
  return {
    id: 'i',
    project_id: 'p',
    name: 'n',
    source_directory_id: 'd',
    sync_config_id: 's',
    export_config_id: 'e',
    metadata: { status },
  };
}
