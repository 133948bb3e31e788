import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { isSnapshotName } from './snapshotName.ts';
import type { TarFile } from './tar.ts';
import { readTar, TarError } from './tar.ts';

/**
 * Makes a data folder of a snapshot, whole or not at all. Resolves to the number of files in it.
 *
 * Rejects when the folder holds anything already, and when the file is damaged or has in it what no
 * snapshot has.
 */
export async function importSnapshot(file: string, folder: string): Promise<number> {
  if ((await namesIn(folder)).length > 0) {
    throw new Error(`The folder ${folder} is not empty; name a new one with --data`);
  }
  const target = resolve(folder);
  const unfinished = `${target}.${randomUUID()}`;
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  const names = new Set<string>();
  try {
    await pipeline(createReadStream(file), createGunzip(), async (bytes: AsyncIterable<Buffer>) => {
      for await (const entry of readTar(bytes)) {
        await unpack(entry, unfinished);
        names.add(entry.name);
      }
    });
    if (!names.has('cloud.db')) {
      throw new TarError('There is no cloud.db in it');
    }
    await rm(target, { recursive: true, force: true });
    await rename(unfinished, target);
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The snapshot ${file} cannot be imported (${why})`, { cause });
  }
  return names.size;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
      return [];
    }
    throw cause;
  }
}

async function unpack({ name, content }: TarFile, folder: string): Promise<void> {
  if (!isSnapshotName(name)) {
    throw new TarError(`It holds ${JSON.stringify(name)}, which no snapshot does`);
  }
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  const hash = createHash('sha256');
  await pipeline(
    content,
    async function* measure(chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }),
  );
  const sha256 = hash.digest('hex');
  if (name.startsWith('files/') && !name.endsWith(`/${sha256}`)) {
    throw new TarError(`The content of ${name} does not fit its name`);
  }
}
