import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Content that has reached the disk. */
export interface StoredBlob {
  /** SHA-256 of the content, in hexadecimal. Also its name on disk. */
  readonly sha256: string;
  /** Length in bytes. */
  readonly size: number;
}

/** Files by content: each is kept once, under the name of its SHA-256. */
export interface Blobs {
  /**
   * Writes what `content` delivers. Resolves once it is safe on disk; on any failure nothing
   * is left behind. Rejects with {@link BlobTooLargeError} above `largest` bytes.
   */
  write(content: Readable, largest?: number): Promise<StoredBlob>;
  /** Where the content with this hash lies. */
  path(sha256: string): string;
}

/** More was sent than a stored file may hold. */
export class BlobTooLargeError extends Error {
  override name = 'BlobTooLargeError' as const;

  constructor(largest: number) {
    super(`A file may hold at most ${largest} bytes`);
  }
}

/** Where the content with this hash lies, seen from the blob folder. */
export function blobLocation(sha256: string): string {
  return join(sha256.slice(0, 2), sha256);
}

/** Opens the blob folder. What an interrupted upload left there is removed. */
export async function openBlobs(folder: string): Promise<Blobs> {
  const incoming = join(folder, 'incoming');
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  // One that is there already may be older than that rule.
  await chmod(folder, 0o700);

  const path = (sha256: string) => join(folder, blobLocation(sha256));

  return {
    path,

    async write(content, largest = Infinity) {
      const temporary = join(incoming, randomUUID());
      const hash = createHash('sha256');
      let size = 0;
      try {
        await pipeline(
          content,
          async function* measure(chunks: AsyncIterable<Buffer>) {
            for await (const chunk of chunks) {
              size += chunk.length;
              if (size > largest) {
                throw new BlobTooLargeError(largest);
              }
              hash.update(chunk);
              yield chunk;
            }
          },
          createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true }),
        );
        const sha256 = hash.digest('hex');
        await moveInto(path(sha256), temporary);
        return { sha256, size };
      } catch (cause) {
        await rm(temporary, { force: true });
        throw cause;
      }
    },
  };
}

/** Gives the temporary file its name, and makes the name itself safe on disk. */
async function moveInto(target: string, temporary: string): Promise<void> {
  const folder = join(target, '..');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const known = await access(target).then(
    () => true,
    () => false,
  );
  if (known) {
    await rm(temporary, { force: true });
    return;
  }
  await rename(temporary, target);
  if (process.platform === 'win32') {
    // A folder cannot be opened there, and its entries need no flush.
    return;
  }
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
