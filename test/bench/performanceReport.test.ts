import { expect, it } from 'vitest';
import { performanceReport } from '../../bench/report.ts';
import { contentOf } from '../support/snippets.ts';

it('docs/performance.md and its pictures say what bench/results says', async () => {
  const files = await performanceReport();
  expect([...files.keys()]).toContain('docs/performance.md');
  for (const [file, content] of files) {
    expect(contentOf(file), file).toBe(content);
  }
});
