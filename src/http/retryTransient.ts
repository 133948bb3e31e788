import { defaultIfEmpty, defer, Observable, Subscription, take, timer } from 'rxjs';
import { ApiError, HttpError, NetworkError, TokenError } from '../errors.ts';
import type { Attempt } from './activityEvent.ts';
import type { Wire } from './connection.ts';
import { LONGEST_TIMER } from '../types/longestTimer.ts';
import { noteFailure } from './failedOn.ts';
import { overdue } from './overdue.ts';
import { reasonOf } from './reasonOf.ts';
import type { RetryClass } from './retryClass.ts';

/** First waits in milliseconds; each further one may be twice as long. */
const TRANSIENT_BASE = 250;
const THROTTLE_BASE = 1_000;

/**
 * Looks for what a call may have created. `begunAt` tells when the call was first sent by the server's clock, in
 * milliseconds since 1970, to be asked once the server has answered; NaN when the server does not tell the time.
 */
export type LookUp<T> = (begunAt: () => number) => Observable<T | undefined>;

/** What {@link retryTransient} needs to know of an operation. */
export interface RetrySpec<T> {
  /** Names the operation in events. */
  readonly route: string;
  readonly retryClass: RetryClass;
  /**
   * For a `reconcilable` operation: looks up what the failed attempt may have created. Emits it, or
   * `undefined` when it is not there.
   */
  readonly reconcile?: LookUp<T> | undefined;
  /** Whether a value says that the request worked. @defaultValue every value does */
  readonly isAnswer?: ((value: T) => boolean) | undefined;
  /** False for what can be sent only once, as its body can be read only once. @defaultValue `true` */
  readonly repeatable?: boolean | undefined;
  /** Whether all of it is to be over within `timeouts.total`. @defaultValue `false` */
  readonly hasDeadline?: boolean | undefined;
  /** Where it goes: each origin has a budget of its own. @defaultValue the API's origin */
  readonly origin?: string | undefined;
}

/** What an attempt of {@link retryTransient} is told, and what it tells. */
export interface AttemptState {
  /** Whether an attempt before it may have been acted on. */
  readonly mayBeDone: boolean;
  /** To be called when it is sent; of use with a deadline, and where what was created is looked up. */
  readonly onSent: () => void;
}

/**
 * The usual retry policy, or the connection's own: subscribes to `attempt` again after failures that pass by themselves, as far as the
 * operation's class allows, and passes on every other error with `attempts` and `totalDelayMs` filled in.
 *
 * ```text
 * attempt 1:  --#             503
 * attempt 2:       --a|
 * result:     -------a|       after a wait
 * ```
 *
 * The wait is random between 0 and twice the last bound ("full jitter", 250 ms at first, 1 s after a 429),
 * never shorter than what the server asks for, never longer than the connection's `maxDelay`: when the
 * server asks for more than that, the error is passed on at once and says so in `retryAfterMs`.
 * Unsubscribing ends the attempt or the wait.
 *
 * Where a function gives the connection's key, it is asked for another one after the first 401, and the call sent again at
 * once if there is one.
 *
 * A creation that is refused with 409 after an attempt of unknown outcome is looked up once more: what is in its way may be
 * its own, which the server was slow to make.
 *
 * `attempt` is given what events name it by, and what is known of those before it.
 */
export function retryTransient<T>(
  wire: Wire,
  attempt: (attempt: Attempt, state: AttemptState) => Observable<T>,
  {
    route,
    retryClass,
    reconcile,
    isAnswer = () => true,
    repeatable = true,
    hasDeadline = false,
    origin = wire.origin,
  }: RetrySpec<T>,
): Observable<T> {
  const budget = wire.budgetOf(origin);
  return new Observable<T>((subscriber) => {
    const request = wire.nextRequest();
    let begun = wire.serverClock.moment();
    let mayBeDone = false;
    let attempts = 0;
    let sent = 0;
    let lastFailure: ApiError | undefined;
    let totalDelayMs = 0;
    let paid = 0;
    let answered = false;
    let hasRenewed = false;
    const underWay = new Subscription();
    subscriber.add(underWay);

    const onSent = (): void => {
      if (sent === 0) {
        begun = wire.serverClock.moment();
      }
      sent = attempts;
    };

    // Not made of operators: each would cost every event of a stream 10 ns, and every request 1 us.
    const send = (): void => {
      attempts += 1;
      const thisAttempt = { request, attempt: attempts, route };
      const source = attempt(thisAttempt, { mayBeDone, onSent });
      underWay.add(
        source.subscribe({
          next(value) {
            // With the answer and not on completion, which `take(1)` never lets through.
            if (!answered && isAnswer(value)) {
              answered = true;
              budget.refund(paid);
            }
            subscriber.next(value);
          },
          error(error: unknown) {
            try {
              recover(error, thisAttempt);
            } catch (thrown) {
              // A policy may throw.
              subscriber.error(thrown);
            }
          },
          complete: () => subscriber.complete(),
        }),
      );
    };

    const recover = (error: unknown, thisAttempt: Attempt): void => {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      lastFailure = error;
      noteFailure(error, wire);
      error.attempts = attempts;
      error.totalDelayMs = totalDelayMs;
      const renewal = isUnauthorized(error) ? renewalOf(thisAttempt) : undefined;
      if (renewal) {
        sendWithAnother(renewal, error, thisAttempt);
        return;
      }
      if (mayBeDone && reconcile && retryClass === 'reconcilable' && isConflict(error)) {
        adoptOr(reconcile, error, () => giveUp(error));
        return;
      }
      mayBeDone ||= mayHaveArrived(error);
      const wait = repeatable && !wire.lifetime.closed ? waitAfter(error) : undefined;
      if (wait === undefined) {
        giveUp(error);
        return;
      }
      paid = budget.take(isThrottle(error) ? 'throttle' : 'transient');
      if (wire.hub.heard) {
        wire.hub.announce({
          type: 'retrying',
          request,
          attempt: attempts,
          route,
          reason: reasonOf(error),
          waitMs: wait,
        });
      }
      const lookUp = retryClass === 'reconcilable' && mayBeDone ? reconcile : undefined;
      underWay.add(
        waitUnlessClosed(wire, wait, error).subscribe({
          next() {
            totalDelayMs += wait;
            if (lookUp) {
              adoptOr(lookUp, error, send);
            } else {
              send();
            }
          },
          error: (cut: unknown) => subscriber.error(cut),
        }),
      );
    };

    /** Another key after a 401, once a call; `undefined` where there is none to be had. */
    const renewalOf = (thisAttempt: Attempt): Observable<boolean> | undefined => {
      if (hasRenewed || !repeatable || wire.lifetime.closed) {
        return undefined;
      }
      hasRenewed = true;
      return wire.tokens?.renewal(thisAttempt);
    };

    const sendWithAnother = (
      renewal: Observable<boolean>,
      error: ApiError,
      thisAttempt: Attempt,
    ): void => {
      underWay.add(
        renewal.subscribe({
          next(isAnother) {
            if (!isAnother || wire.lifetime.closed) {
              giveUp(error);
              return;
            }
            if (wire.hub.heard) {
              const reason = reasonOf(error);
              wire.hub.announce({ type: 'retrying', ...thisAttempt, reason, waitMs: 0 });
            }
            send();
          },
          error(failure: unknown) {
            if (failure instanceof TokenError) {
              failure.attempts = attempts;
              failure.totalDelayMs = totalDelayMs;
              giveUp(failure);
            } else {
              subscriber.error(failure);
            }
          },
        }),
      );
    };

    /** Emits what an attempt has created after all. Where that is not there, goes on with `otherwise`. */
    const adoptOr = (lookUp: LookUp<T>, error: ApiError, otherwise: () => void): void => {
      underWay.add(
        defer(() => lookUp(() => wire.serverClock.at(begun)))
          .pipe(take(1), defaultIfEmpty(undefined))
          .subscribe({
            next(found) {
              if (found === undefined) {
                otherwise();
              } else {
                subscriber.next(found);
                subscriber.complete();
              }
            },
            // Where even that cannot be found out, the failure is the one to tell of.
            error: () => subscriber.error(error),
          }),
      );
    };

    const giveUp = (error: ApiError): void => {
      if (wire.hub.heard) {
        wire.hub.announce({
          type: 'failed',
          request,
          attempt: attempts,
          route,
          reason: reasonOf(error),
        });
      }
      subscriber.error(error);
    };

    if (hasDeadline) {
      const expire = (): void => {
        const isUnderWay = sent > (lastFailure?.attempts ?? 0);
        const error = overdue(route, wire.timeouts.total, mayBeDone || isUnderWay, lastFailure);
        noteFailure(error, wire);
        error.attempts = sent;
        error.totalDelayMs = totalDelayMs;
        // Before it is announced that the call has failed.
        underWay.unsubscribe();
        giveUp(error);
      };
      subscriber.add(wire.deadlines.begin(expire));
    }
    send();

    /** The wait in milliseconds, or `undefined` when the operation must not or should not be sent again. */
    function waitAfter(error: ApiError): number | undefined {
      const { policy } = wire.retry;
      if (!policy) {
        return usualWait(error);
      }
      const decision = policy({
        error,
        attempts,
        route,
        retryClass,
        mayHaveArrived: mayHaveArrived(error),
        defaultWaitMs: usualWait(error),
      });
      if (decision === undefined || (typeof decision === 'number' && !allowed(error))) {
        return undefined;
      }
      const wait = typeof decision === 'number' ? decision : decision.waitMs;
      if (!(wait >= 0 && wait <= LONGEST_TIMER)) {
        throw new RangeError(
          `${route}: the retry policy must give a wait from 0 to ${LONGEST_TIMER} ms, got ${wait}`,
        );
      }
      return wait;
    }

    function usualWait(error: ApiError): number | undefined {
      const asked = error.retryAfterMs ?? 0;
      const { attempts: most, maxDelay } = wire.retry;
      const hopeful = error.retryable && attempts < most && asked <= maxDelay;
      if (
        !hopeful ||
        !allowed(error) ||
        !budget.affords(isThrottle(error) ? 'throttle' : 'transient')
      ) {
        return undefined;
      }
      const base = isThrottle(error) ? THROTTLE_BASE : TRANSIENT_BASE;
      const bound = Math.min(maxDelay, base * 2 ** (attempts - 1));
      return Math.max(asked, Math.round(Math.random() * bound));
    }

    function allowed(error: ApiError): boolean {
      switch (retryClass) {
        case 'safe':
        case 'idempotent':
          return true;
        case 'reconcilable':
          return !mayHaveArrived(error) || reconcile !== undefined;
        case 'unsafe':
          return !mayHaveArrived(error);
      }
    }
  });
}

function isUnauthorized(error: ApiError): boolean {
  return error instanceof HttpError && error.status === 401;
}

function isConflict(error: ApiError): boolean {
  return error instanceof HttpError && error.status === 409;
}

function isThrottle(error: ApiError): boolean {
  return error instanceof HttpError && error.status === 429;
}

/** Emits after so many milliseconds. Where the connection is closed before, the failure that led here is passed on. */
function waitUnlessClosed(wire: Wire, ms: number, error: ApiError): Observable<unknown> {
  return new Observable((subscriber) => {
    if (wire.lifetime.closed) {
      // Who was told of the wait has closed the connection.
      subscriber.error(error);
      return;
    }
    subscriber.add(wire.lifetime.begin({ sent: () => false, cut: () => subscriber.error(error) }));
    subscriber.add(timer(ms, wire.scheduler).subscribe(subscriber));
  });
}

/** Whether the server may have acted on the request that failed. A 429 was turned away at the door. */
function mayHaveArrived(error: ApiError): boolean {
  return error instanceof NetworkError
    ? error.ambiguous
    : !isThrottle(error) && !(error instanceof TokenError);
}
