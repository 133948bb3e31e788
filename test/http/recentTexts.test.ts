import { describe, expect, it } from 'vitest';
import { RecentTexts } from '../../src/http/recentTexts.ts';

describe('RecentTexts', () => {
  it('keeps all of a short stream, in order', () => {
    const texts = new RecentTexts(100);
    for (const text of ['a', 'b', 'c']) {
      texts.add(text);
    }
    expect(texts.list()).toEqual(['a', 'b', 'c']);
  });

  it('keeps the last texts of a long stream, and counts all', () => {
    const texts = new RecentTexts(100);
    for (let n = 1; n <= 100_000; n += 1) {
      texts.add(String(n).padStart(10));
      const kept = texts.list().map(Number);
      expect(kept.length).toBeLessThanOrEqual(10);
      expect(kept.at(-1)).toBe(n);
      expect(kept.at(0)).toBe(n - kept.length + 1);
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(n, 5));
    }
    expect(texts.count).toBe(100_000);
  });

  it('keeps the last text, however large', () => {
    const texts = new RecentTexts(100);
    const [large, larger] = ['l'.repeat(1_000), 'l'.repeat(2_000)];
    texts.add('small');
    texts.add(large);
    expect(texts.list().at(-1)).toBe(large);
    texts.add('next');
    expect(texts.list().at(-1)).toBe('next');
    texts.add(larger);
    expect(texts.list()).not.toContain('small');
  });
});
