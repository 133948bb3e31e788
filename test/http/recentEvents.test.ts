import { describe, expect, it } from 'vitest';
import { RecentEvents } from '../../src/http/recentEvents.ts';

describe('RecentEvents', () => {
  it('keeps all of a short stream, in order', () => {
    const events = new RecentEvents<string>(100);
    for (const event of ['a', 'b', 'c']) {
      events.add(event, 10);
    }
    expect(events.list()).toEqual(['a', 'b', 'c']);
  });

  it('keeps the last events of a long stream, and counts all', () => {
    const events = new RecentEvents<number>(100);
    for (let n = 1; n <= 100_000; n += 1) {
      events.add(n, 10);
      const kept = events.list();
      expect(kept.length).toBeLessThanOrEqual(10);
      expect(kept.at(-1)).toBe(n);
      expect(kept.at(0)).toBe(n - kept.length + 1);
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(n, 5));
    }
    expect(events.count).toBe(100_000);
  });

  it('keeps the last event, however large', () => {
    const events = new RecentEvents<string>(100);
    events.add('small', 1);
    events.add('large', 1_000);
    expect(events.list().at(-1)).toBe('large');
    events.add('next', 1);
    expect(events.list().at(-1)).toBe('next');
    events.add('larger', 2_000);
    expect(events.list()).not.toContain('small');
  });
});
