import { describe, expect, it } from 'vitest';
import { faultsOfSuite, reliabilityReport } from '../../scripts/reliabilityReport.ts';
import { contentOf } from '../support/snippets.ts';

describe('docs/reliability.md', () => {
  it('is what `node scripts/reliabilityReport.ts` makes of the suite', async () => {
    expect(contentOf('docs/reliability.md')).toBe(await reliabilityReport());
  });

  it('has every fault once, without a gap', () => {
    const ids = faultsOfSuite().map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, at) => at + 1));
  });
});
