import { Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect, it } from 'vitest';
import { Deadlines } from '../../src/http/deadlines.ts';

/** Deadlines of 10 ms in virtual time. */
function inVirtualTime(): { deadlines: Deadlines; scheduler: TestScheduler; expired: string[] } {
  const scheduler = new TestScheduler(() => undefined);
  return {
    deadlines: new Deadlines(10, scheduler, () => scheduler.now()),
    scheduler,
    expired: [],
  };
}

it('tells each of what is not over in its time', () => {
  const { deadlines, scheduler, expired } = inVirtualTime();
  const begin = (name: string): (() => void) =>
    deadlines.begin(() => expired.push(`${name} at ${scheduler.now()}`));
  begin('a');
  scheduler.schedule(() => begin('b'), 3);
  scheduler.schedule(() => begin('c'), 3);
  scheduler.schedule(begin('d'), 9);
  scheduler.schedule(() => begin('e'), 50);
  scheduler.flush();
  expect(expired).toEqual(['a at 10', 'b at 13', 'c at 13', 'e at 60']);
});

it('has no timer while nothing is under way, so that the process can end', () => {
  const { deadlines, scheduler, expired } = inVirtualTime();
  const ends = [1, 2].map((n) => deadlines.begin(() => expired.push(String(n))));
  expect(scheduler.actions).toHaveLength(1);
  ends.forEach((end) => end());
  expect(scheduler.actions.every(({ closed }) => closed)).toBe(true);
  scheduler.flush();
  expect(expired).toEqual([]);
});

it('counts on when something begins while another expires', () => {
  const { deadlines, scheduler, expired } = inVirtualTime();
  const again = new Subscription();
  deadlines.begin(() => again.add(deadlines.begin(() => expired.push(String(scheduler.now())))));
  deadlines.begin(() => expired.push(String(scheduler.now())));
  scheduler.flush();
  expect(expired).toEqual(['10', '20']);
});

it('has no end where the time is Infinity', () => {
  const scheduler = new TestScheduler(() => undefined);
  const deadlines = new Deadlines(Infinity, scheduler, () => scheduler.now());
  deadlines.begin(() => expect.unreachable());
  scheduler.flush();
  expect(scheduler.actions).toEqual([]);
});
