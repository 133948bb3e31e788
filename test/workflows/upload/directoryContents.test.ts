import type { DirectoryFile } from 'rx-llamacloud';
import { describe, expect, it } from 'vitest';
import { DirectoryContents } from '../../../src/workflows/upload/directoryContents.ts';

const digest = 'd'.repeat(64);

function file(id: string, unique_id: string, metadata?: DirectoryFile['metadata']): DirectoryFile {
  return {
    ...{ id, unique_id, project_id: 'p', directory_id: 'd', display_name: unique_id },
    ...(metadata && { metadata }),
  };
}

function contentsOf(...files: DirectoryFile[]): DirectoryContents {
  const contents = new DirectoryContents();
  files.forEach((each) => contents.add(each));
  return contents;
}

describe('the contents of a directory', () => {
  it('tell a version that is not in its place from the one that is', () => {
    const contents = contentsOf(
      file('old', 'a.md'),
      file('new', 'a.md//1', { rx_sha256: digest, rx_synced: true, rx_replaces: 'a.md' }),
    );
    expect(contents.placed('a.md')).toEqual({ id: 'old', sha256: undefined, synced: false });
    expect(contents.aside('a.md')).toEqual([{ id: 'new', sha256: digest, synced: true }]);
  });

  it('take every id for a name, whatever it looks like', () => {
    const names = [`a.md#${digest}`, 'a.md//1', 'rx_replaces'];
    const contents = contentsOf(
      ...names.map((name) => file(name, name, { rx_sha256: digest })),
      file('b.md', 'b.md', { rx_sha256: digest, rx_replaces: 'b.md' }),
    );
    expect([...names, 'b.md'].map((name) => contents.placed(name)?.id)).toEqual([...names, 'b.md']);
    expect(contents.aside('a.md')).toEqual([]);
  });

  it('have one place for an id that a server has given twice', () => {
    const contents = contentsOf(file('one', 'a.md'), file('two', 'a.md'), file('three', 'a.md'));
    expect(contents.placed('a.md')?.id).toBe('one');
    expect(contents.aside('a.md').map(({ id }) => id)).toEqual(['two', 'three']);
  });

  it('give an id to one item only', () => {
    const contents = contentsOf();
    expect(contents.claim('a.md')).toBe(true);
    expect(contents.claim('a.md')).toBe(false);
    expect(contents.claim('b.md')).toBe(true);
  });

  it('miss what a sync has made and no item has claimed, but for what may be there unseen', () => {
    const synced = { rx_sha256: digest, rx_synced: true };
    const contents = contentsOf(
      ...['a', 'b', 'c/d', 'c/e/f', 'cc'].map((name) => file(name, name, synced)),
      file('aside', 'g//1', { ...synced, rx_replaces: 'g' }),
      file('by hand', 'h', { rx_sha256: digest }),
    );
    contents.claim('a');
    contents.spare('c');

    const missing = Array.from(contents.missing(), ({ uniqueId, file: { id } }) => [uniqueId, id]);
    expect(missing).toEqual([
      ...[
        ['b', 'b'],
        ['cc', 'cc'],
        ['g', 'aside'],
      ],
    ]);
  });

  it("keep the user's metadata, and find a file by its content while nobody has claimed it", () => {
    const contents = contentsOf(
      file('a', 'a', { rx_sha256: digest, rx_size: 1, rx_synced: true, year: 2026 }),
      file('b', 'b', { rx_sha256: digest, rx_size: 1, rx_synced: true }),
    );
    expect(contents.placed('a')?.own).toEqual({ year: 2026 });
    expect(contents.placed('b')?.own).toBeUndefined();
    expect(contents.described(digest).map(({ uniqueId }) => uniqueId)).toEqual(['a']);
    contents.claim('a');
    expect(contents.described(digest)).toEqual([]);
  });
});
