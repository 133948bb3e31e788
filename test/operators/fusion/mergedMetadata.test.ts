import { describe, expect, it } from 'vitest';
import { fuse } from '../../../src/operators/fusion/fuse.ts';
import { mergedMetadata } from '../../../src/operators/fusion/mergedMetadata.ts';
import type { FileMetadata } from '../../../src/types/directoryFiles.ts';

interface Copy {
  readonly id: string;
  readonly metadata?: FileMetadata | null;
}

describe('mergedMetadata', () => {
  it('takes the kept copy’s word, fills in what it lacks, and names what differs', () => {
    const lists: Copy[][] = [
      [{ id: 'x' }, { id: 'a', metadata: { year: 2024, tags: ['p'], team: 'sales' } }],
      [{ id: 'a', metadata: { year: 2025, tags: ['p'], draft: null } }],
      [{ id: 'a', metadata: null }],
    ];
    const hit = fuse(lists, { method: 'rrf' }).find(({ id }) => id === 'a');
    expect(hit && mergedMetadata(hit)).toEqual({
      metadata: { year: 2025, tags: ['p'], team: 'sales', draft: null },
      conflicts: { year: [2025, 2024] },
    });
  });

  it('is empty where no copy has any', () => {
    const [hit] = fuse<Copy>([[{ id: 'a' }]]);
    expect(hit && mergedMetadata(hit)).toEqual({ metadata: {}, conflicts: {} });
  });
});
