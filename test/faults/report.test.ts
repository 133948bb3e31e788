import { describe, expect, it } from 'vitest';
import { faultsOfSuite, reliabilityReport } from '../../scripts/reliabilityReport.ts';
import { contentOf } from '../support/snippets.ts';

describe('docs/reliability.md', () => {
  it('is what `node scripts/reliabilityReport.ts` makes of the suite', async () => {
    expect(contentOf('docs/reliability.md')).toBe(await reliabilityReport());
  });

  it('has every fault once', () => {
    const ids = faultsOfSuite().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
