/**
 * What it costs to watch a thousand split jobs to their end, five questions each: requests, time and the CPU time of
 * this process, for the vendor's SDK, for one watcher a job and for all of them together. The server is a process of
 * its own on the loopback interface.
 *
 *     node --conditions=@rx-llamacloud/source bench/watchMany.ts [jobs, default 1,000] [runs, default 7]
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import LlamaCloud from '@llamaindex/llama-cloud';
import { from, lastValueFrom, mergeMap } from 'rxjs';
import { connect, watchMany, watchSplitJob } from 'rx-llamacloud';

const QUESTIONS = 5;
/** Milliseconds between two questions about a job. */
const INTERVAL = 20;
const collection = '/api/v1/beta/split/jobs';

/** Answers each question about a job, whichever operation asks, and ends the job with the fifth. */
function serve(): void {
  const asked = new Map<string, number>();
  let requests = 0;
  const look = (id: string): object => {
    const times = (asked.get(id) ?? 0) + 1;
    asked.set(id, times);
    const ended = times >= QUESTIONS;
    return {
      id,
      project_id: '4f9d2c0e-0b6a-4f0e-9f3b-6d9f3b1f0a11',
      user_id: '0a3c1a52-60a3-4f4a-8f2f-6a8f9a1f7c20',
      configuration_id: null,
      document_input: { type: 'file_id', value: 'dfl-9e107d9d-372b-4a9d-9b51-6a2f3d0c1b7e' },
      categories: [
        { name: 'invoice', description: 'A request for payment for goods or services' },
        { name: 'contract', description: 'An agreement between two or more parties' },
      ],
      status: ended ? 'completed' : times === 1 ? 'pending' : 'processing',
      result: ended
        ? { segments: [{ category: 'invoice', pages: [1, 2], confidence_category: 'high' }] }
        : null,
      error_message: null,
      created_at: '2026-05-20T10:00:00.000000Z',
      updated_at: `2026-05-20T10:00:0${times}.000000Z`,
    };
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    if (pathname === '/requests') {
      response.end(String(requests));
      requests = 0;
      return;
    }
    requests += 1;
    const answer =
      pathname === collection
        ? { items: searchParams.getAll('job_ids').map(look), next_page_token: null }
        : look(pathname.slice(collection.length + 1));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

async function measure(count: number, runs: number): Promise<void> {
  const server = fork(import.meta.filename, ['serve'], { execArgv: process.execArgv });
  const [port] = (await once(server, 'message')) as [number];
  const baseUrl = `http://127.0.0.1:${port}`;
  const connection = connect({ baseUrl, token: 'bench' });
  const sdk = new LlamaCloud({ baseURL: baseUrl, apiKey: 'bench' });
  const config = { interval: { min: INTERVAL, max: INTERVAL } };

  const variants: Readonly<Record<string, (ids: readonly string[]) => Promise<unknown>>> = {
    'SDK, waitForCompletion for each': (ids) =>
      Promise.all(
        ids.map((id) =>
          sdk.beta.split.waitForCompletion(id, {
            pollingInterval: INTERVAL / 1000,
            backoff: 'constant',
          }),
        ),
      ),
    'watchSplitJob for each': (ids) =>
      lastValueFrom(from(ids).pipe(mergeMap((id) => watchSplitJob(connection, id, config)))),
    watchMany: (ids) => lastValueFrom(watchMany(connection, { split: ids }, config)),
  };

  const figures = new Map(Object.keys(variants).map((title) => [title, [] as number[][]]));
  // The first run warms up and does not count.
  for (let run = 0; run <= runs; run += 1) {
    for (const [title, watch] of Object.entries(variants)) {
      const ids = Array.from({ length: count }, (_, n) => `spl-${title.length}-${run}-${n}`);
      const cpu = process.cpuUsage();
      const begun = performance.now();
      await watch(ids);
      const wall = performance.now() - begun;
      const { user, system } = process.cpuUsage(cpu);
      const requests = Number(await (await fetch(`${baseUrl}/requests`)).text());
      if (run > 0) {
        figures.get(title)?.push([requests, wall, (user + system) / 1000]);
      }
    }
  }
  server.kill();

  console.log(`${count} jobs, ${QUESTIONS} questions each, medians of ${runs} runs`);
  let base: number | undefined;
  for (const [title, rows] of figures) {
    const [requests = NaN, wall = NaN, cpu = NaN] = [0, 1, 2].map((column) =>
      median(rows.map((row) => row[column] ?? NaN)),
    );
    base ??= cpu;
    console.log(
      `${title.padEnd(34)} ${String(requests).padStart(6)} requests ${wall.toFixed(0).padStart(6)} ms ` +
        `${cpu.toFixed(1).padStart(8)} ms CPU  ${(cpu / base).toFixed(3)} of the SDK's`,
    );
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)] ?? NaN;
}

if (process.argv[2] === 'serve') {
  serve();
} else {
  await measure(Number(process.argv[2] ?? 1_000), Number(process.argv[3] ?? 7));
}
