import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportSnapshot } from '../src/snapshot/exportSnapshot.ts';
import { importSnapshot } from '../src/snapshot/importSnapshot.ts';
import type { TarFile } from '../src/snapshot/tar.ts';
import { readTar, writeTar } from '../src/snapshot/tar.ts';
import { startLocalCloud } from '../src/startLocalCloud.ts';
import { builtIndex, createDirectory, createIndex, send, upload } from './support/cloud.ts';

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    yield await Promise.resolve(Buffer.from(text));
  }
}

const tarFile = (name: string, text: string): TarFile => ({
  name,
  size: Buffer.byteLength(text),
  content: pieces(text),
});

async function tarOf(...files: TarFile[]): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeTar(files)) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

describe('a snapshot', () => {
  let parent: string;
  let file: string;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'snapshot-test-'));
    file = join(parent, 'snapshot.tar.gz');
  });
  afterEach(() => rm(parent, { recursive: true }));

  it('brings a cloud with all that it holds into another folder', async () => {
    const [from, to] = [join(parent, 'from'), join(parent, 'to')];
    const first = await startLocalCloud({ dataDir: from });
    const directory = await createDirectory(first, 'Kept');
    await upload(first, directory, 'sky.txt', 'The sky is blue because of scattering.');
    await upload(first, directory, 'empty.txt', '');
    const { id } = await builtIndex(first, (await createIndex(first, directory)).id);
    await expect(exportSnapshot(from, file)).rejects.toThrow(`process ${process.pid}`);
    await first.close();

    const count = await exportSnapshot(from, file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await importSnapshot(file, to)).toBe(count);

    await using second = await startLocalCloud({ dataDir: to });
    expect(second.token).toBe(first.token);
    const found = await send(second, 'POST /api/v1/retrieval/retrieve', {
      index_id: id,
      query: 'blue sky',
    });
    expect(JSON.stringify(found.body)).toContain('The sky is blue');
    await upload(second, directory, 'later.txt', 'Things go on.');
    expect(await readdir(parent)).toHaveLength(3);
  });

  it('can be listed with the tar of the system', async () => {
    await writeFile(file, gzipSync(await tarOf(tarFile('cloud.db', 'x'.repeat(513)))));
    const { stdout } = spawnSync('tar', ['tzvf', file], { encoding: 'utf8' });
    expect(stdout).toMatch(/^-rw------- .* 513 .* cloud\.db\n$/);
  });

  it.each([
    ['../outside.txt'],
    ['/tmp/outside.txt'],
    ['files/../../outside.txt'],
    ['sheets/../outside.txt'],
    ['sheets/job/..'],
    ['sheets/job/.hidden'],
    ['files/ab/outside.txt'],
    ['lock.db'],
    ['cloud.db-wal'],
  ])('with %j in it is refused, and nothing of it is kept', async (name) => {
    const bytes = await tarOf(tarFile('cloud.db', 'x'), tarFile(name, 'x'));
    await writeFile(file, gzipSync(bytes));
    const folder = join(parent, 'deep', 'to');
    await expect(importSnapshot(file, folder)).rejects.toThrow('which no snapshot does');
    expect(await readdir(join(parent, 'deep'))).toEqual([]);
    expect(existsSync(join(parent, 'outside.txt'))).toBe(false);
  });

  it('is refused when it is damaged, wherever that is', async () => {
    const bytes = await tarOf(tarFile('cloud.db', 'x'.repeat(2_000)));
    const flipped = Buffer.from(bytes);
    flipped[3] = 7;
    const link = Buffer.from(bytes);
    link[156] = '2'.charCodeAt(0);
    const sum = parseInt(link.toString('latin1', 148, 154), 8) + 2;
    link.write(sum.toString(8).padStart(6, '0'), 148);
    const cases: [Buffer, string][] = [
      [gzipSync(bytes.subarray(0, 1_500)), 'ends too early'],
      [gzipSync(bytes.subarray(0, bytes.length - 1_024)), 'ends too early'],
      [gzipSync(bytes).subarray(0, 40), 'unexpected end of file'],
      [gzipSync(flipped), 'damaged'],
      [gzipSync(link), 'cloud.db is no plain file'],
      [Buffer.from('no archive at all'), 'incorrect header check'],
      [gzipSync(await tarOf()), 'no cloud.db'],
      [
        gzipSync(await tarOf(tarFile(`files/ab/${'ab'.repeat(32)}`, 'other'))),
        'does not fit its name',
      ],
    ];
    for (const [content, sentence] of cases) {
      await writeFile(file, content);
      await expect(importSnapshot(file, join(parent, 'to'))).rejects.toThrow(sentence);
    }
    expect(await readdir(parent)).toEqual(['snapshot.tar.gz']);
  });

  it('never replaces what a folder holds', async () => {
    await writeFile(file, gzipSync(await tarOf(tarFile('cloud.db', 'x'))));
    await mkdir(join(parent, 'full'));
    await writeFile(join(parent, 'full', 'mine.txt'), 'mine');
    await expect(importSnapshot(file, join(parent, 'full'))).rejects.toThrow('is not empty');
    expect(await readFile(join(parent, 'full', 'mine.txt'), 'utf8')).toBe('mine');
    await expect(exportSnapshot(join(parent, 'full'), file)).rejects.toThrow(
      'There is no cloud in',
    );
  });

  it('is read whatever pieces it comes in, and files that nobody reads are passed over', async () => {
    const bytes = await tarOf(tarFile('one', '1'.repeat(700)), tarFile('two', '2'));
    for (const size of [1, 511, 513, 10_000]) {
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for (let start = 0; start < bytes.length; start += size) {
          yield await Promise.resolve(bytes.subarray(start, start + size));
        }
      }
      const names: string[] = [];
      for await (const entry of readTar(chunks())) {
        names.push(`${entry.name} ${entry.size}`);
      }
      expect(names).toEqual(['one 700', 'two 1']);
    }
  });

  it('is made and used by the program', async () => {
    const [from, to] = [join(parent, 'from'), join(parent, 'to')];
    await (await startLocalCloud({ dataDir: from, token: 'llx-mine' })).close();
    const main = new URL('../src/main.ts', import.meta.url).pathname;
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', timeout: 20_000 });
    expect(run('--data', from, '--export', file)).toMatchObject({
      status: 0,
      stdout: `Exported 2 files of ${from} to ${file}\n`,
    });
    const missing = join(parent, 'none.tar.gz');
    expect(run('--data', to, '--import', missing).stderr).toMatch(
      /^The snapshot .*none\.tar\.gz cannot be imported \(ENOENT.*\)\.\n$/,
    );
    expect(run('--import', file, '--export', file).stderr).toBe(
      '--import and --export are for one start each.\n',
    );
    expect(run('--data', from, '--import', file, '--port', '0').stderr).toMatch(/is not empty/);
  });
});
