import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startExample } from '../support/example.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dashboard-'));
  await writeFile(join(folder, 'tea.md'), 'Green tea is brewed at 80 degrees.\n');
});
afterEach(() => rm(folder, { recursive: true }));

/** The events of a feed that has ended, each with its name and its content. */
function eventsIn(feed: string): { type: string; data: Record<string, unknown> | null }[] {
  return [...feed.matchAll(/^event: (.*)\nid: .*\ndata: (.*)$/gm)].map(
    ([, type = '', data = '']) => ({
      type,
      data: JSON.parse(data) as Record<string, unknown> | null,
    }),
  );
}

describe('examples/dashboard.ts', () => {
  it('shows the way from the upload to the answer, to everybody alike, and ends with Ctrl-C', async () => {
    const args = [folder, 'How is green tea brewed?'];
    const dashboard = await startExample({ name: 'dashboard', args });
    const [url = ''] = /http:\S+/.exec(await dashboard.shown('\n')) ?? [];

    const first = await (await fetch(url)).text();
    const late = await (await fetch(url)).text();
    dashboard.kill('SIGINT');

    const { status, stderr, leftovers } = await dashboard.ended;
    expect({ status, stderr, leftovers }).toEqual({ status: 0, stderr: '', leftovers: [] });
    expect(late).toBe(first);
    const events = eventsIn(first);
    const last = (name: string) => events.findLast(({ type }) => type === name)?.data;
    expect(last('summary')).toMatchObject({ uploaded: 1, failed: 0 });
    expect(last('batch')).toMatchObject({ phase: 'completed', percent: 100, done: 1 });
    expect(last('index')).toMatchObject({ status: 'ready', indexed_files: 1 });
    const said = events.filter(({ type }) => type === 'chat').map(({ data }) => data?.text);
    expect(said.join('')).toContain('Green tea is brewed at 80 degrees. [1]');
    expect(events.some(({ type, data }) => type === 'line' && Number(data?.active) > 0)).toBe(true);
    expect(events.at(-1)).toEqual({ type: 'end', data: null });
  });

  it('tells of a folder that is not there, and goes on listening', async () => {
    const dashboard = await startExample({ name: 'dashboard', args: [join(folder, 'nowhere')] });
    const [url = ''] = /http:\S+/.exec(await dashboard.shown('\n')) ?? [];

    const feed = await (await fetch(url)).text();
    expect(eventsIn(feed).at(-1)).toEqual({
      type: 'error',
      data: { kind: 'FileError', message: 'A file could not be sent.' },
    });
    expect((await fetch(url)).status).toBe(200);
    dashboard.kill('SIGTERM');
    expect((await dashboard.ended).status).toBe(0);
  });
});
