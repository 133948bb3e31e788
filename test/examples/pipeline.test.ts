import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runExample } from '../support/example.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documents-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('examples/pipeline.ts', () => {
  it('takes a folder to answers that are kept', async () => {
    await writeFile(join(folder, 'tea.md'), '# Tea\n\nGreen tea is brewed at seventy degrees.');
    await writeFile(join(folder, 'ships.txt'), 'The harbour closes at noon on Sundays.');
    await writeFile(join(folder, 'broken.pdf'), '%PDF-1.7 broken');
    const questions = ['How hot is green tea brewed?', 'When does the harbour close?'];

    const { status, stdout, stderr, leftovers } = await runExample({
      name: 'pipeline',
      args: [folder, ...questions],
    });

    expect({ status, stderr, leftovers }).toEqual({ status: 0, stderr: '', leftovers: [] });
    expect(stdout).toMatch(/^3 files uploaded, 0 failed\n2 files parsed\n/);
    const [, tea = '', harbour = ''] = stdout.split(/\n\n(?:How hot|When does).*\n\n/);
    expect(tea).toContain('Green tea is brewed at seventy degrees.');
    expect(harbour).toContain('The harbour closes at noon on Sundays.');
  });

  it('says what is wrong with a folder that cannot be read', async () => {
    const { status, stderr, leftovers } = await runExample({
      name: 'pipeline',
      args: [join(folder, 'gone')],
    });

    expect(stderr).toContain('cannot be read');
    expect({ status, leftovers }).toEqual({ status: 1, leftovers: [] });
  });
});
