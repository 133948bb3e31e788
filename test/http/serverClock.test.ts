import { describe, expect, it } from 'vitest';
import { ServerClock } from '../../src/http/serverClock.ts';

const date = 'Fri, 02 Jan 2026 03:04:05 GMT';
const shown = Date.parse(date);

describe('ServerClock', () => {
  it('tells what the clock of the server showed before its last answer', () => {
    let now = 1_000;
    const clock = new ServerClock(() => now);
    const before = clock.moment();
    now = 5_000;
    clock.note({ date: `${date} ` });
    expect(clock.at(before)).toBe(shown - 4_000);
  });

  it('knows of the time in which this machine slept', () => {
    const clock = new ServerClock(() => 1_000);
    const before = { steady: 1_000, ofDay: Date.now() - 3_600_000 };
    clock.note({ date });
    expect(clock.at(before)).toBeLessThanOrEqual(shown - 3_600_000);
    expect(clock.at(before)).toBeGreaterThan(shown - 3_601_000);
  });

  it('says nothing where the server does not tell the time', () => {
    const clock = new ServerClock(() => 0);
    expect(clock.at(clock.moment())).toBeNaN();
    clock.note({});
    clock.note({ date: 'now' });
    expect(clock.at(clock.moment())).toBeNaN();
  });

  it.each([[[date, 'Fri, 02 Jan 2026 03:04:06 GMT']], [`${date}, ${date}`]])(
    'takes the first of several times: %j',
    (dates) => {
      const clock = new ServerClock(() => 0);
      clock.note({ date: dates });
      expect(clock.at(clock.moment())).toBe(shown);
    },
  );
});
