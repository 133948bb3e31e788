import { TestScheduler } from 'rxjs/testing';
import { expect, it } from 'vitest';

type RunHelpers = Parameters<Parameters<TestScheduler['run']>[0]>[0];

/** `it` in virtual time: a frame is a millisecond, and what is expected is compared at the end. */
export function marbles(
  title: string,
  body: (helpers: RunHelpers, scheduler: TestScheduler) => void,
): void {
  it(title, () => {
    const scheduler = new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
    scheduler.run((helpers) => body(helpers, scheduler));
  });
}
