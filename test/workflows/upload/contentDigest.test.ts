import { createRequire } from 'node:module';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { FileError } from 'rx-llamacloud';
import { describe, expect, it } from 'vitest';
import { contentDigest, fileStamp } from '../../../src/workflows/upload/contentDigest.ts';
import { folderOf, sha256 } from '../support/uploads.ts';

/** A file that has not changed for longer than a clock's tick. */
const old = createRequire(import.meta.url).resolve('rxjs/package.json');

describe('contentDigest', () => {
  it.each([
    ['bytes', new TextEncoder().encode('Green tea.')],
    ['a blob', new Blob(['Green ', 'tea.'])],
  ])('reads %s', async (_, source) => {
    expect(await lastValueFrom(contentDigest(source))).toEqual({
      ...{ sha256: sha256('Green tea.'), size: 10, stamp: undefined, lasting: false },
    });
  });

  it('reads files, those that are larger than one piece too', async () => {
    const large = 'tea '.repeat(700_000);
    const contents = { 'small.md': 'tea', 'large.md': large, 'empty.md': '' };
    await using folder = await folderOf(contents);
    for (const [name, content] of Object.entries(contents)) {
      expect(await lastValueFrom(contentDigest(join(folder.path, name)))).toMatchObject({
        ...{ sha256: sha256(content), size: content.length },
      });
    }
  });

  it('does not read a file again that has not changed', async () => {
    const known = { sha256: 'known', size: 1, stamp: await fileStamp(old), lasting: true };
    expect(await lastValueFrom(contentDigest(old, known))).toBe(known);
  });

  it('reads a file again that has changed, or had only just changed when it was read', async () => {
    await using folder = await folderOf({ 'a.md': 'one' });
    const path = join(folder.path, 'a.md');
    const first = await lastValueFrom(contentDigest(path));
    expect(first.lasting).toBe(false);
    expect(await lastValueFrom(contentDigest(path, first))).not.toBe(first);
    expect((await lastValueFrom(contentDigest(old))).lasting).toBe(true);

    await appendFile(path, ' two');
    const known = { ...first, lasting: true };
    expect((await lastValueFrom(contentDigest(path, known))).sha256).toBe(sha256('one two'));
  });

  it('errors for what cannot be read', async () => {
    const digest = lastValueFrom(contentDigest('/nowhere/a.md'));
    await expect(digest).rejects.toBeInstanceOf(FileError);
    expect(await fileStamp('/nowhere/a.md')).toBe('gone');
  });
});
