import {
  concat,
  defer,
  EMPTY,
  from,
  mergeMap,
  NEVER,
  Observable,
  type ObservableInput,
  of,
  type OperatorFunction,
  Subject,
  take,
  throwError,
  VirtualTimeScheduler,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fanOut } from '../../../src/operators/fanOut.ts';

type Flatten = (
  project: (value: number, index: number) => ObservableInput<string>,
  concurrency: number,
) => OperatorFunction<number, string>;

const contestants: Record<string, Flatten> = {
  mergeMap: (project, concurrency) => mergeMap(project, concurrency),
  fanOut: (project, concurrency) => fanOut(project, { concurrency }),
};

/** What each of the two does in the same situation, as a log. */
function logsOf(situation: (flatten: Flatten, log: (line: string) => void) => void): string[][] {
  return Object.values(contestants).map((flatten) => {
    const lines: string[] = [];
    situation(flatten, (line) => lines.push(line));
    return lines;
  });
}

const observer = (log: (line: string) => void) => ({
  next: (value: string) => log(`next ${value}`),
  error: (error: unknown) => log(`error ${String(error)}`),
  complete: () => log('complete'),
});

/** A random number in 0..n-1, the same for the same seed: a linear congruential generator. */
function dice(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** A random run: when the source and the inners emit, end and fail, who pushes back in, when it is stopped. */
function randomRun(seed: number, flatten: Flatten, log: (line: string) => void): void {
  const roll = dice(seed);
  const scheduler = new VirtualTimeScheduler();
  const at = (line: string): void => log(`${scheduler.now()} ${line}`);
  const source = new Subject<number>();
  let pushes = 0;

  const inner = (value: number, index: number): Observable<string> => {
    const emissions = roll(4);
    const gaps = Array.from({ length: emissions + 1 }, () => roll(3));
    const ending = roll(12);
    const sync = roll(4) === 0;
    at(`project ${value} ${index}`);
    if (roll(25) === 0) {
      throw new Error(`project ${value}`);
    }
    return new Observable((subscriber) => {
      at(`start ${value}`);
      const end = (): void => {
        if (ending === 0) {
          subscriber.error(new Error(`inner ${value}`));
        } else if (ending > 1) {
          subscriber.complete();
        }
      };
      if (sync) {
        for (let n = 0; n < emissions; n += 1) {
          subscriber.next(`${value}.${n}`);
        }
        end();
        return undefined;
      }
      let time = 0;
      gaps.forEach((gap, n) => {
        time += gap;
        subscriber.add(
          scheduler.schedule(
            () => (n < emissions ? subscriber.next(`${value}.${n}`) : end()),
            time,
          ),
        );
      });
      return () => at(`stop ${value}`);
    });
  };

  const result = source.pipe(flatten(inner, 1 + roll(3)));
  const subscription = (roll(3) === 0 ? result.pipe(take(1 + roll(6))) : result).subscribe({
    ...observer(at),
    next(value) {
      at(`next ${value}`);
      if (pushes < 5 && roll(6) === 0) {
        pushes += 1;
        source.next(100 + pushes);
      }
    },
  });
  let time = 0;
  for (let n = 0; n < 8; n += 1) {
    time += roll(3);
    subscription.add(scheduler.schedule(() => source.next(n), time));
  }
  subscription.add(
    scheduler.schedule(
      () => (roll(8) === 0 ? source.error(new Error('source')) : source.complete()),
      time + roll(4),
    ),
  );
  if (roll(4) === 0) {
    scheduler.schedule(() => subscription.unsubscribe(), roll(12));
  }
  scheduler.flush();
}

describe('fanOut with only a concurrency, beside mergeMap', () => {
  it('does the same in two thousand random runs, stops and errors and pushing back in included', () => {
    const lengths: number[] = [];
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const [expected = [], actual] = logsOf((flatten, log) => randomRun(seed, flatten, log));
      expect(actual, `seed ${seed}`).toEqual(expected);
      lengths.push(expected.length);
    }
    // The runs are worth comparing: many have plenty to tell.
    expect(lengths.filter((length) => length > 20).length).toBeGreaterThan(500);
  });

  it.each<[string, (flatten: Flatten, log: (line: string) => void) => void]>([
    [
      'stops a synchronous inner that downstream has enough of',
      (flatten, log) => {
        const endless = new Observable<string>((subscriber) => {
          for (let n = 0; !subscriber.closed && n < 99; n += 1) {
            log(`made ${n}`);
            subscriber.next(String(n));
          }
        });
        of(1)
          .pipe(
            flatten(() => endless, 1),
            take(3),
          )
          .subscribe(observer(log));
      },
    ],
    [
      'stops a synchronous source that downstream has enough of',
      (flatten, log) => {
        const endless = new Observable<number>((subscriber) => {
          for (let n = 0; !subscriber.closed && n < 99; n += 1) {
            log(`made ${n}`);
            subscriber.next(n);
          }
        });
        endless
          .pipe(
            flatten((n) => of(String(n)), 2),
            take(3),
          )
          .subscribe(observer(log));
      },
    ],
    [
      'closes a generator that downstream has enough of',
      (flatten, log) => {
        function* letters(): Generator<string> {
          try {
            yield* ['a', 'b', 'c'];
          } finally {
            log('closed');
          }
        }
        of(1)
          .pipe(
            flatten(() => letters(), 1),
            take(2),
          )
          .subscribe(observer(log));
      },
    ],
    [
      'takes arrays and strings, which are inputs too',
      (flatten, log) => {
        of(1, 2)
          .pipe(flatten((n) => (n === 1 ? ['x', 'y'] : 'zz'), 1))
          .subscribe(observer(log));
      },
    ],
    [
      'gives each project its index',
      (flatten, log) => {
        of(7, 8, 9)
          .pipe(flatten((value, index) => of(`${value}@${index}`), 1))
          .subscribe(observer(log));
      },
    ],
    [
      'passes on an error that project throws late, when its value comes from the backlog',
      (flatten, log) => {
        const first = new Subject<string>();
        of(1, 2)
          .pipe(
            flatten((n) => {
              if (n === 2) {
                throw new Error('late');
              }
              return first;
            }, 1),
          )
          .subscribe(observer(log));
        first.complete();
      },
    ],
    [
      'stops the other inners before an error is seen to be over',
      (flatten, log) => {
        const failing = new Subject<string>();
        of(1, 2)
          .pipe(
            flatten(
              (n) => (n === 1 ? failing : new Observable(() => () => log('stopped 2'))),
              Infinity,
            ),
          )
          .subscribe(observer(log))
          .add(() => log('over'));
        failing.error(new Error('no'));
      },
    ],
    [
      'waits for what never ends and skips what is empty',
      (flatten, log) => {
        of(1, 2, 3)
          .pipe(flatten((n) => (n === 1 ? EMPTY : n === 2 ? of('b') : NEVER), 1))
          .subscribe(observer(log));
      },
    ],
    [
      'lets go of an inner before it starts the next',
      (flatten, log) => {
        const ends = [new Subject<string>(), new Subject<string>()];
        const work = (n: number): Observable<string> =>
          new Observable((subscriber) => {
            log(`start ${n}`);
            subscriber.add(ends[n]?.subscribe(subscriber));
            return () => log(`stop ${n}`);
          });
        of(0, 1).pipe(flatten(work, 1)).subscribe(observer(log));
        for (const end of ends) {
          end.complete();
        }
      },
    ],
    [
      'passes on what fails at once, after what came before it',
      (flatten, log) => {
        concat(
          of(1, 2),
          throwError(() => new Error('source')),
        )
          .pipe(flatten((n) => defer(() => of(String(n))), 1))
          .subscribe(observer(log));
      },
    ],
  ])('%s', (_, situation) => {
    const [expected, actual] = logsOf(situation);
    expect(expected).not.toEqual([]);
    expect(actual).toEqual(expected);
  });

  it('takes promises, one after the other', async () => {
    for (const flatten of Object.values(contestants)) {
      const lines: string[] = [];
      await from([1, 2])
        .pipe(flatten((n) => Promise.resolve(String(n)), 1))
        .forEach((value) => lines.push(value));
      expect(lines).toEqual(['1', '2']);
    }
  });

  it('ends a long backlog of inners that end at once without running out of stack', () => {
    const first = new Subject<string>();
    let completed = 0;
    const values = Array.from({ length: 100_000 }, (_, n) => n);
    from(values)
      .pipe(fanOut((n) => (n === 0 ? first : of(n)), { concurrency: 1 }))
      .subscribe({ complete: () => (completed += 1) });
    first.complete();
    expect(completed).toBe(1);
  });
});
