import { defer, type Observable, repeat, tap, timer } from 'rxjs';
import { withPatience } from '../http/patience.ts';
import { longerWait, type WatchConfig, watchTiming } from '../http/watchTiming.ts';

/** How often {@link watchChanges} looks. */
export type LookConfig = Pick<WatchConfig, 'interval' | 'patience' | 'scheduler'>;

/**
 * Looks for changes again and again, without end: `begin` gives, for each subscription, the look that is subscribed to
 * each time and emits what it finds changed. The next look is `interval.min` after the end of one that found something;
 * the wait grows by half, up to `interval.max`, each time one finds nothing. A look that fails is begun again
 * for as long as `patience` lasts, where failures of its kind pass by themselves; other errors are passed on. So what a look
 * keeps of what it has emitted must hold when it is cut off.
 *
 * @throws RangeError when called with an interval that is not positive, or longer than a timer can wait.
 */
export function watchChanges<C>(
  caller: string,
  begin: () => Observable<C>,
  { interval, patience, scheduler: given }: LookConfig,
): Observable<C> {
  const timing = watchTiming(caller, { interval, patience, scheduler: given });
  const { min, max, scheduler } = timing;
  return defer(() => {
    let wait: number | undefined;
    const pause = (): Observable<unknown> => {
      wait = wait === undefined ? min : longerWait(wait, max);
      return timer(wait, scheduler);
    };
    return begin().pipe(
      tap(() => {
        wait = undefined;
      }),
      withPatience(timing),
      repeat({ delay: pause }),
    );
  });
}
