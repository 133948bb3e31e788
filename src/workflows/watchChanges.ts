import { defer, type Observable, repeat, tap, timer } from 'rxjs';
import { longerWait, type WatchConfig, watchTiming } from '../http/watchTiming.ts';

/** How often {@link watchChanges} looks. */
export type LookConfig = Pick<WatchConfig, 'interval' | 'scheduler'>;

/**
 * Looks for changes again and again, without end: `begin` gives, for each subscription, the look that is subscribed to
 * each time and emits what it finds changed. The next look is `interval.min` after the end of one that found something;
 * the wait grows by half, up to `interval.max`, each time one finds nothing. Errors of a look are passed on.
 *
 * @throws RangeError when called with an interval that is not positive, or longer than a timer can wait.
 */
export function watchChanges<C>(
  caller: string,
  begin: () => Observable<C>,
  { interval, scheduler: given }: LookConfig,
): Observable<C> {
  const { min, max, scheduler } = watchTiming(caller, { interval, scheduler: given });
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
      repeat({ delay: pause }),
    );
  });
}
