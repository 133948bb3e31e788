import { randomFillSync } from 'node:crypto';
import { createReadStream, openAsBlob, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Uploadable } from '@llamaindex/llama-cloud';
import pLimit from 'p-limit';
import { connect, fanOutFrom, Limiter, uploadDirectoryFile } from 'rx-llamacloud';
import { filter, type Observable } from 'rxjs';
import { Pool } from 'undici';
import { handMadeForm } from '../clients/handMadeForm.ts';
import { inFlight } from '../clients/inFlight.ts';
import { requestJson } from '../clients/requestJson.ts';
import { sdk } from '../clients/sdk.ts';
import { tempFolder } from '../clients/tempFolder.ts';
import type { Context, Question, Run } from '../harness/question.ts';

const concurrency = 16;
const directory = 'dir-4f9d2c0e-0b6a-4f0e-9f3b-6d9f3b1f0a11';
const limited = 'a server that takes 400 a second';
const perSecond = 400;

/** What it costs to upload many small files. */
export const question: Question = {
  title: 'Uploads of many files',
  run: 'Uploads 2,000 files of 100 kB from disk, 16 at once.',
  unit: 'file',
  cases: {
    'a server without a limit': {
      count: 2_000,
      site: 'uploads/any',
      without: ['uploadDirectoryFile, limiter at 90 %'],
    },
    [limited]: {
      count: 2_000,
      site: `uploads/perSecond=${perSecond}`,
      without: [
        'SDK with p-limit, read streams',
        'SDK with p-limit, Files',
        'undici.request, one buffer a file',
      ],
    },
  },
  baseline: 'SDK with p-limit, read streams',
  variants: {
    'SDK with p-limit, read streams': ({ baseUrl, count }) =>
      bySdk(baseUrl, count, (path) => createReadStream(path)),
    'SDK with p-limit, Files': ({ baseUrl, count }) =>
      bySdk(baseUrl, count, async (path) => new File([await openAsBlob(path)], 'report.bin')),
    'undici.request, one buffer a file': ({ baseUrl, count }) => {
      const { origin, pathname } = new URL(baseUrl);
      const pool = new Pool(origin, { connections: concurrency });
      const paths = files(count);
      const { contentType, head, tail } = handMadeForm;
      return async () => ({
        done: await inFlight(concurrency, count, async (n) => {
          const { body } = await pool.request({
            path: `${pathname}/api/v1/beta/directories/${directory}/files/upload`,
            method: 'POST',
            headers: { 'content-type': contentType },
            body: Buffer.concat([head, await readFile(paths[n] ?? ''), tail]),
          });
          await body.json();
        }),
      });
    },
    uploadDirectoryFile: (context) => byToolkit(context),
    'uploadDirectoryFile, limiter at 90 %': (context) =>
      byToolkit(context, new Limiter({ rateLimit: { count: 0.09 * perSecond, window: 100 } })),
  },
  goals: [
    {
      variant: 'uploadDirectoryFile',
      caseName: 'a server without a limit',
      measure: 'speed',
      times: 'SDK with p-limit, read streams',
      atLeast: 2.3,
    },
    { variant: 'uploadDirectoryFile, limiter at 90 %', measure: 'answers 429', atMost: 0 },
    {
      variant: 'uploadDirectoryFile, limiter at 90 %',
      measure: 'used of what the limiter allows, %',
      atLeast: 90,
    },
  ],
  note:
    'The goal is against read streams, which is how the documentation of the SDK uploads a file. Most of what is left is ' +
    'the file system: a file is opened, looked at, read, looked at again, in case that it changed meanwhile, and closed, ' +
    'each in the thread pool. The limiter lets 36 through in each tenth of a second, 90 % of what the server does; without ' +
    'it, the connection finds the rate by itself after a refusal.',
};

function byToolkit({ baseUrl, count, caseName }: Context, limiter?: Limiter): Run {
  const connection = connect({ baseUrl, token: 'bench' });
  const paths = files(count);
  const uploaded = (): Observable<unknown> =>
    fanOutFrom(
      paths,
      (upload_file) =>
        uploadDirectoryFile(connection, directory, { upload_file }).pipe(
          filter(({ type }) => type === 'uploaded'),
        ),
      { concurrency, limiter },
    );
  return async () => {
    const begun = performance.now();
    let done = 0;
    await uploaded().forEach(() => {
      done += 1;
    });
    const rate = (done / (performance.now() - begun)) * 1_000;
    if (caseName !== limited) {
      return { done };
    }
    const { refused } = await requestJson<{ refused: number }>(`${baseUrl}/refused`);
    const used = (100 * rate) / (0.9 * perSecond);
    return {
      done,
      figures: { 'answers 429': refused, 'used of what the limiter allows, %': used },
    };
  };
}

function bySdk(
  baseUrl: string,
  count: number,
  open: (path: string) => Uploadable | Promise<Uploadable>,
): Run {
  const client = sdk(baseUrl);
  const paths = files(count);
  return async () => {
    const limit = pLimit(concurrency);
    const uploaded = paths.map((path) =>
      limit(async () =>
        client.beta.directories.files.upload(directory, { upload_file: await open(path) }),
      ),
    );
    return { done: (await Promise.all(uploaded)).length };
  };
}

/** Files of 100 kB, each with a content of its own. */
function files(count: number): string[] {
  const folder = tempFolder();
  return Array.from({ length: count }, (_, n) => {
    const path = join(folder, `report-${n}.bin`);
    writeFileSync(path, randomFillSync(Buffer.alloc(100_000)));
    return path;
  });
}
