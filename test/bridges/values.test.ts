import {
  concat,
  EMPTY,
  EmptyError,
  finalize,
  NEVER,
  Observable,
  of,
  range,
  throwError,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { firstValue } from '../../src/bridges/firstValue.ts';
import { lastValue } from '../../src/bridges/lastValue.ts';

/** A signal, and how many listeners it has. */
function listenedTo(): { readonly controller: AbortController; readonly listeners: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  signal.addEventListener = (...given: Parameters<typeof add>) => {
    listeners += 1;
    add(...given);
  };
  const remove = signal.removeEventListener.bind(signal);
  signal.removeEventListener = (...given: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...given);
  };
  return { controller, listeners: () => listeners };
}

it('firstValue takes the first value and unsubscribes, also from a source without end', async () => {
  let emitted = 0;
  const endless = new Observable<number>((subscriber) => {
    while (!subscriber.closed) {
      subscriber.next((emitted += 1));
    }
  });
  expect(await firstValue(endless)).toBe(1);
  expect(emitted).toBe(1);
});

it('lastValue takes the last value when the source completes', async () => {
  expect(await lastValue(range(1, 5))).toBe(5);
});

describe.each([
  ['firstValue', firstValue],
  ['lastValue', lastValue],
])('%s', (_, value) => {
  it('subscribes when called, each time anew', async () => {
    let subscribed = 0;
    const source = new Observable<number>((subscriber) => {
      subscriber.next((subscribed += 1));
      subscriber.complete();
    });
    expect(await value(source)).toBe(1);
    expect(await value(source)).toBe(2);
  });

  it('rejects with EmptyError when there is no value, or resolves to the default', async () => {
    await expect(value(EMPTY)).rejects.toBeInstanceOf(EmptyError);
    expect(await value(EMPTY, { defaultValue: 'none' })).toBe('none');
    const nothing: { defaultValue: string | undefined } = { defaultValue: undefined };
    expect(await value(EMPTY, nothing)).toBe(undefined);
    expect(await value(of(1), { defaultValue: 'none' })).toBe(1);
  });

  it('rejects with the error of the source, default or not', async () => {
    const broken = new Error('broken');
    const source = throwError(() => broken);
    await expect(value(source)).rejects.toBe(broken);
    await expect(value(source, { defaultValue: 1 })).rejects.toBe(broken);
  });

  it('unsubscribes and rejects with the reason when the signal is aborted', async () => {
    const { controller, listeners } = listenedTo();
    let closed = 0;
    const silent = NEVER.pipe(finalize(() => (closed += 1)));
    const reason = new Error('enough');
    const result = value(silent, { signal: controller.signal, defaultValue: 1 });
    expect(listeners()).toBe(1);
    controller.abort(reason);
    expect(closed).toBe(1);
    await expect(result).rejects.toBe(reason);
    expect(listeners()).toBe(0);
  });

  it('never subscribes when the signal is aborted already', async () => {
    let subscribed = 0;
    const source = new Observable<number>(() => {
      subscribed += 1;
    });
    await expect(value(source, { signal: AbortSignal.abort('early') })).rejects.toBe('early');
    expect(subscribed).toBe(0);
  });

  it('lets go of the signal when it is done', async () => {
    const { controller, listeners } = listenedTo();
    const { signal } = controller;
    await value(of(1), { signal });
    await value(EMPTY, { signal, defaultValue: 1 });
    await value(
      throwError(() => new Error('broken')),
      { signal },
    ).catch(() => undefined);
    expect(listeners()).toBe(0);
  });
});

it('lastValue rejects with the reason although there are values', async () => {
  const controller = new AbortController();
  const result = lastValue(concat(of(1), NEVER), { signal: controller.signal });
  controller.abort('late');
  await expect(result).rejects.toBe('late');
});
