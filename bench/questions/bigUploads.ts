import type { Uploadable } from '@llamaindex/llama-cloud';
import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  ftruncateSync,
  openAsBlob,
  openSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { connect, type DirectoryFile, uploadDirectoryFile } from 'rx-llamacloud';
import { lastValueFrom } from 'rxjs';
import { Pool } from 'undici';
import { handMadeForm } from '../clients/handMadeForm.ts';
import { sdk } from '../clients/sdk.ts';
import { tempFolder } from '../clients/tempFolder.ts';
import type { Context, Question, Run } from '../harness/question.ts';

const directory = 'dir-4f9d2c0e-0b6a-4f0e-9f3b-6d9f3b1f0a11';
const MIB = 2 ** 20;

interface BigFile {
  readonly path: string;
  readonly bytes: number;
  /** Of its content, in the cases that compare it. */
  readonly sha256: string | undefined;
}

/** How many files each case has; together they have as many mebibytes as the case counts. */
const filesOf: Readonly<Record<string, number>> = {
  'a file of 256 MiB': 1,
  '4 files of 1 GiB': 4,
  '4 files of 1 GiB, SHA-256 compared': 4,
  '4 files of 64 MiB to a slow reader, SHA-256 compared': 4,
};

/** What it costs to upload files that do not fit in memory. */
export const question: Question = {
  title: 'Uploads of big files',
  run: 'Uploads files from disk, all at once.',
  unit: 'mebibyte',
  cases: {
    'a file of 256 MiB': { count: 256, site: 'uploads/any' },
    '4 files of 1 GiB': { count: 4_096, site: 'uploads/any', without: ['SDK, read stream'] },
    '4 files of 1 GiB, SHA-256 compared': {
      count: 4_096,
      site: 'uploads/digest=1',
      without: ['SDK, read stream', 'SDK, File'],
    },
    '4 files of 64 MiB to a slow reader, SHA-256 compared': {
      count: 256,
      site: 'uploads/digest=1&slow=1',
      without: ['SDK, read stream', 'SDK, File'],
    },
  },
  baseline: 'undici.request, 64 kB at a time',
  variants: {
    'undici.request, 64 kB at a time': (context) => {
      const { origin, pathname } = new URL(context.baseUrl);
      const pool = new Pool(origin);
      const { contentType, head, tail } = handMadeForm;
      return inAll(context, async ({ path, bytes }) => {
        const { body } = await pool.request({
          path: `${pathname}/api/v1/beta/directories/${directory}/files/upload`,
          method: 'POST',
          headers: {
            'content-type': contentType,
            'content-length': String(head.byteLength + bytes + tail.byteLength),
          },
          body: Readable.from(formOf(createReadStream(path, { highWaterMark: 2 ** 16 }))),
        });
        return (await body.json()) as DirectoryFile;
      });
    },
    'SDK, read stream': (context) => bySdk(context, (path) => createReadStream(path)),
    'SDK, File': (context) =>
      bySdk(context, async (path) => new File([await openAsBlob(path)], 'report.bin')),
    uploadDirectoryFile: (context) => {
      const connection = connect({ baseUrl: context.baseUrl, token: 'bench' });
      return inAll(context, async ({ path }) => {
        const upload = uploadDirectoryFile(connection, directory, { upload_file: path });
        const event = await lastValueFrom(upload);
        return event.type === 'uploaded' ? event.file : undefined;
      });
    },
  },
  goals: [
    { variant: 'uploadDirectoryFile', measure: 'memory', atMost: 90 },
    {
      variant: 'uploadDirectoryFile',
      caseName: '4 files of 1 GiB',
      measure: 'speed',
      times: 'undici.request, 64 kB at a time',
      atLeast: 1.2,
    },
    {
      variant: 'uploadDirectoryFile',
      caseName: '4 files of 1 GiB',
      measure: 'speed',
      times: 'SDK, File',
      atLeast: 3,
    },
  ],
  note:
    'The SDK, given read streams, is asked for one smaller file only: it keeps what it has read, and took 17 GB of memory ' +
    'for four files of 1 GiB. Where the SHA-256 is compared, it is that of what has arrived with that of the file, and a ' +
    'difference would be an error; the time is that of the server then, which computes it. The slow reader rests for a ' +
    'millisecond after each piece that it has read.\n\n' +
    'The memory of `uploadDirectoryFile` is that of buffers which are read, sent and not yet collected: each piece has a ' +
    'buffer of its own. At more than a gigabyte a second the collector is behind by some 100 MB, with pieces of 128, 256 ' +
    'and 512 kB alike; where the server computes the SHA-256, at half that speed, it keeps up. A buffer that is ' +
    'used again would need less, but nothing tells when the socket has let go of it.',
};

async function* formOf(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield handMadeForm.head;
  yield* content;
  yield handMadeForm.tail;
}

function bySdk(context: Context, open: (path: string) => Uploadable | Promise<Uploadable>): Run {
  const { files } = sdk(context.baseUrl).beta.directories;
  return inAll(context, async ({ path }) => {
    await files.upload(directory, { upload_file: await open(path) });
    return undefined;
  });
}

/** Uploads all files at once. In the cases for it, each must be on the server what it is here. */
function inAll(
  { count, caseName }: Context,
  upload: (file: BigFile) => Promise<DirectoryFile | undefined>,
): Run {
  const files = bigFiles(filesOf[caseName] ?? 0, count, caseName.endsWith('compared'));
  return async () => {
    const uploaded = await Promise.all(files.map(upload));
    files.forEach(({ sha256 }, n) => {
      if (sha256 !== undefined && uploaded[n]?.file_id !== sha256) {
        throw new Error(
          `What arrived is not the file: it has the SHA-256 ${uploaded[n]?.file_id}.`,
        );
      }
    });
    return { done: files.reduce((sum, { bytes }) => sum + bytes, 0) / MIB };
  };
}

/** Files with so many mebibytes in all. They are sparse, but no mebibyte is like another. */
function bigFiles(count: number, mebibytes: number, isCompared: boolean): BigFile[] {
  const folder = tempFolder();
  const bytes = (mebibytes / count) * MIB;
  const mebibyte = Buffer.alloc(MIB);
  return Array.from({ length: count }, (_, n) => {
    const path = join(folder, `report-${n}.bin`);
    const file = openSync(path, 'w');
    const hash = createHash('sha256');
    ftruncateSync(file, bytes);
    for (let position = 0; position < bytes; position += MIB) {
      const written = mebibyte.write(`Mebibyte at ${position.toString().padEnd(10)} of file ${n}`);
      writeSync(file, mebibyte, 0, written, position);
      if (isCompared) {
        hash.update(mebibyte);
      }
    }
    closeSync(file);
    return { path, bytes, sha256: isCompared ? hash.digest('hex') : undefined };
  });
}
