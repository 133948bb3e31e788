/** A running cloud as tests talk to it: over a socket, every answer held to what is declared. */

import { setTimeout } from 'node:timers/promises';
import type { BatchItem, BatchItemResults } from '../../../src/types/batchItems.ts';
import type { BatchJob, BatchJobProgress } from '../../../src/types/batchJobs.ts';
import type { Directory } from '../../../src/types/directories.ts';
import type { DirectoryFile } from '../../../src/types/directoryFiles.ts';
import type { Index } from '../../../src/types/indexes.ts';
import type { OffsetPage, TokenPage } from '../../src/http/page.ts';
import { checkedFetch } from './checkedFetch.ts';

/** Where a cloud answers, and the key it wants. */
export interface Endpoint {
  readonly url: string;
  readonly token: string;
}

/** What came back. `body` is the parsed JSON, or `undefined` where there was no body. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Sends one request: `send(cloud, 'GET /api/v1/indexes')`. A plain object goes as JSON. */
export async function send(cloud: Endpoint, route: string, body?: unknown): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const response = await checkedFetch(cloud.url + path, {
    method,
    headers: {
      authorization: `Bearer ${cloud.token}`,
      // A form names its own type, with its boundary.
      ...(body !== undefined &&
        !(body instanceof FormData) && { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}

async function ask(cloud: Endpoint, route: string, body?: unknown): Promise<unknown> {
  const answer = await send(cloud, route, body);
  if (answer.status >= 300) {
    throw new Error(`${route} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
  return answer.body;
}

export async function createDirectory(cloud: Endpoint, name: string): Promise<Directory> {
  return (await ask(cloud, 'POST /api/v1/beta/directories', { name })) as Directory;
}

export async function upload(
  cloud: Endpoint,
  directory: Directory,
  name: string,
  content: string | Uint8Array<ArrayBuffer>,
  fields: Readonly<Record<string, string>> = {},
): Promise<DirectoryFile> {
  const route = `POST /api/v1/beta/directories/${directory.id}/files/upload`;
  return (await ask(cloud, route, form(name, content, fields))) as DirectoryFile;
}

/** An upload as a form. */
export function form(
  name: string,
  content: string | Uint8Array<ArrayBuffer>,
  fields: Readonly<Record<string, string>> = {},
): FormData {
  const data = new FormData();
  for (const [field, value] of Object.entries(fields)) {
    data.set(field, value);
  }
  data.set('upload_file', new Blob([content]), name);
  return data;
}

export async function getDirectoryFile(
  cloud: Endpoint,
  file: DirectoryFile,
  query = '',
): Promise<DirectoryFile> {
  const path = `/api/v1/beta/directories/${file.directory_id}/files/${file.id}${query}`;
  return (await ask(cloud, `GET ${path}`)) as DirectoryFile;
}

export async function listFiles(
  cloud: Endpoint,
  directory: Directory,
  query = '',
): Promise<TokenPage<DirectoryFile>> {
  const path = `/api/v1/beta/directories/${directory.id}/files${query}`;
  return (await ask(cloud, `GET ${path}`)) as TokenPage<DirectoryFile>;
}

export async function createJob(cloud: Endpoint, body: object): Promise<BatchJob> {
  return (await ask(cloud, 'POST /api/v1/beta/batch-processing', {
    job_config: {},
    ...body,
  })) as BatchJob;
}

export async function getJob(cloud: Endpoint, id: string): Promise<BatchJobProgress> {
  return (await ask(cloud, `GET /api/v1/beta/batch-processing/${id}`)) as BatchJobProgress;
}

/** The job once it has come to its end. */
export async function finishedJob(cloud: Endpoint, id: string): Promise<BatchJobProgress> {
  return until(
    () => getJob(cloud, id),
    ({ job }) => ['completed', 'failed', 'cancelled'].includes(job.status),
  );
}

export async function listItems(
  cloud: Endpoint,
  jobId: string,
  query = '?limit=1000',
): Promise<OffsetPage<BatchItem>> {
  const path = `/api/v1/beta/batch-processing/${jobId}/items${query}`;
  return (await ask(cloud, `GET ${path}`)) as OffsetPage<BatchItem>;
}

export async function getResults(cloud: Endpoint, itemId: string): Promise<BatchItemResults> {
  const path = `/api/v1/beta/batch-processing/items/${itemId}/processing-results`;
  return (await ask(cloud, `GET ${path}`)) as BatchItemResults;
}

export async function createIndex(cloud: Endpoint, directory: Directory): Promise<Index> {
  return (await ask(cloud, 'POST /api/v1/indexes', {
    source_directory_id: directory.id,
  })) as Index;
}

export async function getIndex(cloud: Endpoint, id: string): Promise<Index> {
  return (await ask(cloud, `GET /api/v1/indexes/${id}`)) as Index;
}

/** The index once its build has come to its end. */
export async function builtIndex(cloud: Endpoint, id: string): Promise<Index> {
  return until(
    () => getIndex(cloud, id),
    ({ metadata }) => metadata?.status === 'ready' || metadata?.status === 'failed',
  );
}

/** Brings the index up to date and waits for it. */
export async function syncIndex(cloud: Endpoint, id: string): Promise<Index> {
  await ask(cloud, `POST /api/v1/indexes/${id}/sync`);
  return builtIndex(cloud, id);
}

/** Asks until the answer passes; fails after 30 seconds. */
export async function until<T>(
  question: () => Promise<T>,
  passes: (answer: T) => boolean,
): Promise<T> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const answer = await question();
    if (passes(answer)) {
      return answer;
    }
    if (performance.now() > deadline) {
      throw new Error(`Waited in vain; the last answer was ${JSON.stringify(answer)}`);
    }
    await setTimeout(10);
  }
}
