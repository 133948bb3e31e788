import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { FileError, HttpError, Limiter, uploadDirectoryFile } from 'rx-llamacloud';
import { describe, expect, it } from 'vitest';
import { fanOutUpload } from '../../src/workflows/fanOutUpload.ts';
import type { FanOutUploadEvent } from '../../src/workflows/fanOutUploadEvent.ts';
import type { NamedContent } from '../../src/workflows/uploadItem.ts';
import { all, filesOf, folderOf, sha256, uploadTarget } from './support/uploads.ts';

const target = uploadTarget();

const upload = `POST /api/v1/beta/directories/*/files/upload`;
const bulkDelete = `POST /api/v1/beta/directories/*/files/bulk-delete`;
const update = `PATCH /api/v1/beta/directories/*/files/*`;

function text(relativePath: string, content: string): NamedContent {
  return { relativePath, source: new TextEncoder().encode(content) };
}

/** The run's events but for the totals. */
async function run<T extends NamedContent>(
  ...items: readonly T[]
): Promise<FanOutUploadEvent<T>[]> {
  const events = await all(fanOutUpload(target.connection, target.directoryId, items));
  return events.filter(({ type }) => type !== 'summary');
}

function typesOf(events: readonly { type: string }[]): string[] {
  return events.map(({ type }) => type);
}

describe('fanOutUpload', () => {
  it('tells of an item from the queue to its place, and the totals after each change', async () => {
    const item = text('notes/tea.md', 'Green tea.');
    const events = await all(fanOutUpload(target.connection, target.directoryId, [item]));

    expect(typesOf(events)).toEqual([
      ...['queued', 'summary', 'started', 'progress', 'summary', 'uploaded', 'summary', 'summary'],
    ]);
    const [file] = await filesOf(target.connection, target.directoryId);
    expect(events[0]).toEqual({ type: 'queued', item });
    expect(events[3]).toEqual({ type: 'progress', item, loaded: 10, total: 10 });
    expect(events[5]).toEqual({ type: 'uploaded', item, file, replaced: false });
    expect(file).toMatchObject({ unique_id: 'notes/tea.md', display_name: 'notes/tea.md' });
    expect(file?.metadata).toEqual({ rx_sha256: sha256('Green tea.'), rx_size: 10 });
    expect(events.at(-1)).toEqual({
      ...{ type: 'summary', queued: 1, uploaded: 1, skipped: 0, failed: 0, bytes: 10 },
      bytesPerSecond: expect.any(Number) as number,
    });
  });

  it('sends nothing before it is subscribed, and ends at once without items', async () => {
    const events = fanOutUpload(target.connection, 'dir-none', []);
    await expect(lastValueFrom(events)).rejects.toMatchObject({ status: 404 });
    expect(await all(fanOutUpload(target.connection, target.directoryId, []))).toEqual([
      expect.objectContaining({ type: 'summary', queued: 0 }),
    ]);
  });

  it('keeps the metadata of the user beside its own', async () => {
    const items = [{ ...text('a.md', 'A'), year: 2026 }];
    const metadata = ({ year }: { year: number }) => ({ year, tags: ['x'] });
    await all(fanOutUpload(target.connection, target.directoryId, items, { metadata }));

    const [file] = await filesOf(target.connection, target.directoryId);
    expect(file?.metadata).toEqual({
      ...{ year: 2026, tags: ['x'], rx_sha256: sha256('A'), rx_size: 1 },
    });
  });

  it('skips what is there unchanged, and replaces what has changed', async () => {
    await run(text('a.md', 'A'), text('b.md', 'B'));
    const [a, b] = await filesOf(target.connection, target.directoryId);

    const events = await run(text('a.md', 'A'), text('b.md', 'B2'));

    expect(events.filter(({ type }) => type === 'started')).toHaveLength(1);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'skipped', reason: 'unchanged' }),
    );
    const [a2, b2, ...others] = await filesOf(target.connection, target.directoryId);
    expect(others).toEqual([]);
    expect(a2).toEqual(a);
    expect(b2).toMatchObject({ unique_id: 'b.md', metadata: { rx_sha256: sha256('B2') } });
    expect(b2?.id).not.toBe(b?.id);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'uploaded', file: b2, replaced: true }),
    );
  });

  it('replaces a file that came into the directory in another way', async () => {
    const other = new TextEncoder().encode('by hand');
    await all(
      uploadDirectoryFile(target.connection, target.directoryId, {
        upload_file: other,
        unique_id: 'a.md',
      }),
    );
    await run(text('a.md', 'A'));

    expect(await filesOf(target.connection, target.directoryId)).toEqual([
      expect.objectContaining({
        unique_id: 'a.md',
        metadata: { rx_sha256: sha256('A'), rx_size: 1 },
      }),
    ]);
  });

  it.each([
    ['the new version is sent', upload, ['started', 'progress', 'uploaded']],
    ['the old version is deleted', bulkDelete, ['uploaded']],
    ['the new version gets its id', update, ['uploaded']],
  ])('goes on where it was when it is cut off before %s', async (_, route, steps) => {
    await run(text('a.md', 'old'));
    target.cloud.faults.next(route, { status: 400 });
    expect(typesOf(await run(text('a.md', 'new'))).at(-1)).toBe('failed');
    const between = await filesOf(target.connection, target.directoryId);
    expect(between.length).toBeGreaterThanOrEqual(1);

    const events = await run(text('a.md', 'new'));

    expect(typesOf(events)).toEqual(['queued', ...steps]);
    expect(await filesOf(target.connection, target.directoryId)).toEqual([
      expect.objectContaining({
        ...{ unique_id: 'a.md', metadata: { rx_sha256: sha256('new'), rx_size: 3 } },
      }),
    ]);
  });

  it('removes a new version that is no longer wanted', async () => {
    await run(text('a.md', 'old'));
    target.cloud.faults.next(bulkDelete, { status: 400 });
    await run(text('a.md', 'new'));
    expect(await filesOf(target.connection, target.directoryId)).toHaveLength(2);

    expect(typesOf(await run(text('a.md', 'old')))).toEqual(['queued', 'skipped']);
    expect(await filesOf(target.connection, target.directoryId)).toEqual([
      expect.objectContaining({ metadata: { rx_sha256: sha256('old'), rx_size: 3 } }),
    ]);
  });

  it.each([
    ['a new file', []],
    ['a new version', [text('a.md', 'old')]],
  ])('sends %s once when the answer is lost', async (_, before) => {
    await run(...before);
    target.cloud.faults.next(upload, { reset: 'before-headers', carriedOut: true });

    const events = await run(text('a.md', 'new'));

    expect(typesOf(events).at(-1)).toBe('uploaded');
    expect(await filesOf(target.connection, target.directoryId)).toEqual([
      expect.objectContaining({
        ...{ unique_id: 'a.md', metadata: { rx_sha256: sha256('new'), rx_size: 3 } },
      }),
    ]);
  });

  /** An item before which something else is put under its id, after the directory was listed. */
  async function* overtaken(by: string): AsyncGenerator<NamedContent> {
    await all(
      uploadDirectoryFile(target.connection, target.directoryId, {
        ...{ upload_file: new TextEncoder().encode(by), unique_id: 'a.md' },
        metadata: { rx_sha256: sha256(by) },
      }),
    );
    yield text('a.md', 'mine');
  }

  it.each([
    ['takes an attempt that arrives late for its own', 'mine', 'uploaded'],
    ['does not take a file of somebody else for its own', 'theirs', 'failed'],
  ])('%s', async (_, content, outcome) => {
    const events = await all(
      fanOutUpload(target.connection, target.directoryId, overtaken(content)),
    );

    expect(typesOf(events)).toContain(outcome);
    const [file, ...others] = await filesOf(target.connection, target.directoryId);
    expect(others).toEqual([]);
    expect(file?.metadata?.rx_sha256).toBe(sha256(content));
  });

  it('does not take a file of somebody else for an upload of unknown outcome', async () => {
    const events = fanOutUpload(target.connection, target.directoryId, overtaken('theirs'), {
      metadata() {
        // Asked for just before the upload.
        target.cloud.faults.next(upload, { reset: 'before-headers' });
        return undefined;
      },
    });
    expect(await all(events)).toContainEqual(
      expect.objectContaining({
        ...{ type: 'failed', error: expect.objectContaining({ kind: 'duplicate' }) as unknown },
      }),
    );
  });

  it('fails the second of two names that are one, and goes on', async () => {
    const events = await run(
      ...[text('caf\u00e9.md', '1'), text('cafe\u0301.md', '2'), text('tea.md', '3')],
    );
    const [failed, ...others] = events.filter((event) => event.type === 'failed');

    expect(others).toEqual([]);
    expect(failed?.item.relativePath).toBe('cafe\u0301.md');
    expect(failed?.error).toBeInstanceOf(FileError);
    expect(failed?.error).toMatchObject({ kind: 'duplicate', path: 'cafe\u0301.md' });
    const ids = (await filesOf(target.connection, target.directoryId)).map(
      ({ unique_id }) => unique_id,
    );
    expect(ids).toEqual(['caf\u00e9.md', 'tea.md']);
  });

  it('fails what cannot be read or is refused, and goes on', async () => {
    const nowhere = { relativePath: 'x.md', source: '/nowhere/x.md' };
    target.cloud.faults.next(upload, { status: 413 });
    const events = await run(nowhere, text('a.md', 'A'), text('b.md', 'B'));

    const errors = events.flatMap((event) => (event.type === 'failed' ? [event.error] : []));
    expect(errors).toHaveLength(2);
    expect(errors).toContainEqual(expect.objectContaining({ kind: 'unreadable' }));
    expect(errors.some((error) => error instanceof HttpError && error.status === 413)).toBe(true);
    expect(await filesOf(target.connection, target.directoryId)).toHaveLength(1);
  });

  it('fails an item whose metadata cannot be made', async () => {
    const metadata = (): never => {
      throw new Error('no metadata');
    };
    const events = await all(
      fanOutUpload(target.connection, target.directoryId, [text('a.md', 'A')], { metadata }),
    );
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'failed', error: new Error('no metadata') }),
    );
  });

  it('leaves nothing of a file that changes between its reading and its sending', async () => {
    await using folder = await folderOf({ 'a.md': 'one' });
    const source = join(folder.path, 'a.md');
    const limiter = new Limiter();
    const items = [{ relativePath: 'a.md', source }];
    let changed: Promise<void> | undefined;
    const events = await all(
      fanOutUpload(target.connection, target.directoryId, items, {
        limiter,
        metadata() {
          // It was read; the limiter holds its sending back until the change is made.
          limiter.pause(60);
          changed = writeFile(source, 'two');
          return undefined;
        },
      }),
    );
    await changed;

    expect(events).toContainEqual(
      expect.objectContaining({
        ...{ type: 'failed', error: expect.objectContaining({ kind: 'changed' }) as unknown },
      }),
    );
    expect(await filesOf(target.connection, target.directoryId)).toEqual([]);
  });

  it('passes an error of the source of items on', async () => {
    function* items(): Generator<NamedContent> {
      yield text('a.md', 'A');
      throw new Error('no more');
    }
    await expect(all(fanOutUpload(target.connection, target.directoryId, items()))).rejects.toThrow(
      'no more',
    );
  });

  it('refuses figures that cannot be meant when called', () => {
    expect(() =>
      fanOutUpload(target.connection, target.directoryId, [], { concurrency: 0 }),
    ).toThrow('fanOutUpload: concurrency must be at least 1, got 0');
    expect(() =>
      fanOutUpload(target.connection, target.directoryId, [], {
        limiter: new Limiter(),
        adaptive: true,
      }),
    ).toThrow(TypeError);
  });
});
