import { describe, expect, it } from 'vitest';
import { segmentPages } from '../../src/split/segmentPages.ts';

const certain = Infinity;

describe('segmentPages', () => {
  it('lets pages without evidence of their own go with their neighbours', () => {
    const scores = [
      [3, 0],
      [0, 0],
      [0, 3],
      [0, 0],
    ];

    expect(segmentPages(scores, [certain, -2, 1, -2])).toEqual([
      { label: 0, start: 0, end: 2 },
      { label: 1, start: 2, end: 4 },
    ]);
  });

  it('parts two documents of one category where a boundary is likely', () => {
    const scores = [
      [2, 0],
      [2, 0],
    ];

    expect(segmentPages(scores, [certain, 3])).toEqual([
      { label: 0, start: 0, end: 1 },
      { label: 0, start: 1, end: 2 },
    ]);
  });

  it('keeps a page of doubtful kind where its neighbours are', () => {
    const scores = [
      [4, 0],
      [0, 1],
      [4, 0],
    ];

    expect(segmentPages(scores, [certain, -3, -3])).toEqual([{ label: 0, start: 0, end: 3 }]);
  });

  it('follows the labels against the boundaries when they are strong enough', () => {
    const scores = [
      [9, 0],
      [0, 9],
    ];

    expect(segmentPages(scores, [certain, -3])).toHaveLength(2);
  });

  it('has nothing to say of no pages', () => {
    expect(segmentPages([], [])).toEqual([]);
  });
});
