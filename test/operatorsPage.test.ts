import { expect, it } from 'vitest';
import { operatorsPage } from '../scripts/operatorsPage.ts';
import { contentOf } from './support/snippets.ts';

it('docs/operators.md says what the doc comments say', async () => {
  expect(contentOf('docs/operators.md')).toBe(await operatorsPage());
});
