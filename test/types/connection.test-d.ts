import { expectTypeOf, it } from 'vitest';
import type { Observable } from 'rxjs';
import {
  activity,
  type ActivityEvent,
  type ApiError,
  close,
  connect,
  type Connection,
  type List,
  listIndexes,
  type RetryPolicy,
} from 'rx-llamacloud';

declare const connection: Connection;

it('an activity event is known by its type', () => {
  expectTypeOf(activity(connection)).toEqualTypeOf<Observable<ActivityEvent>>();
  activity(connection).subscribe((event) => {
    switch (event.type) {
      case 'received':
        expectTypeOf(event.bytes).toBeNumber();
        break;
      case 'retrying':
        expectTypeOf(event.waitMs).toBeNumber();
        expectTypeOf(event.reason).toBeString();
        break;
      case 'line':
        expectTypeOf(event).not.toHaveProperty('request');
        break;
      default:
    }
  });
});

it('a retry policy gives a wait, nothing, or a wait with leave to repeat', () => {
  connect({ retry: { attempts: 5 } });
  connect({
    retry: ({ error, defaultWaitMs }) => {
      expectTypeOf(error).toEqualTypeOf<ApiError>();
      return defaultWaitMs;
    },
  });
  expectTypeOf(() => ({ waitMs: 1, mayRepeat: true as const })).toExtend<RetryPolicy>();
  expectTypeOf(() => ({ waitMs: 1 })).not.toExtend<RetryPolicy>();
  expectTypeOf(() => ({ waitMs: 1, mayRepeat: false })).not.toExtend<RetryPolicy>();
});

it('closing emits undefined, and a list that prefetches is a list', () => {
  expectTypeOf(close(connection, { graceMs: 1 })).toEqualTypeOf<Observable<undefined>>();
  expectTypeOf(listIndexes(connection).prefetch()).toEqualTypeOf(listIndexes(connection));
  expectTypeOf(listIndexes(connection)).toExtend<List<{ id: string }>>();
  // @ts-expect-error one page ahead is the most
  listIndexes(connection).prefetch(2);
});
