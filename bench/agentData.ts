/**
 * How long agent data requests take on one collection of 100,000 records: whole requests over a
 * socket, 15 of each kind, median and slowest in milliseconds.
 *
 *     node bench/agentData.ts [records] [bytes of text added to each record]
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalCloud } from '../local/src/startLocalCloud.ts';
import { insertAgentData } from '../local/src/store/agentData.ts';
import { cloudSchema } from '../local/src/store/cloudSchema.ts';
import { openDatabase } from '../local/src/store/openDatabase.ts';

const records = Number(process.argv[2] ?? 100_000);
const padding = 'x'.repeat(Number(process.argv[3] ?? 0));
const rounds = 15;

const project_id = 'bench';
const place = { deployment_name: 'bench', collection: 'invoices' };
const statuses = ['pending_review', 'accepted', 'rejected', 'error'];

const dataDir = await mkdtemp(join(tmpdir(), 'rx-llamacloud-bench-'));
try {
  const database = openDatabase(join(dataDir, 'cloud.db'), cloudSchema);
  const started = performance.now();
  // One transaction: through the API each record would wait for the disk.
  database.transaction(() => {
    for (let n = 0; n < records; n += 1) {
      insertAgentData(database, {
        ...place,
        project_id,
        data: {
          file_name: `invoice ${(n * 7919) % records}.pdf`,
          status: statuses[n % 4],
          confidence: (n % 1000) / 1000,
          data: { total: (n * 31) % 5000, vendor: `vendor ${n % 50}`, text: padding },
          tags: [`t${n % 10}`, `u${n % 7}`],
        },
      });
    }
  });
  database.db.close();
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(`${records} records stored in ${seconds.toFixed(1)} s\n`);

  await using cloud = await startLocalCloud({ dataDir });
  const post = async (verb: string, body: object): Promise<Record<string, unknown>> => {
    const response = await fetch(
      `${cloud.url}/api/v1/beta/agent-data/:${verb}?project_id=${project_id}`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${cloud.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ ...place, ...body }),
      },
    );
    return Object(await response.json()) as Record<string, unknown>;
  };

  const measure = async (title: string, verb: string, body: object): Promise<void> => {
    await post(verb, body);
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const start = performance.now();
      await post(verb, body);
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const median = times[Math.floor(rounds / 2)] ?? NaN;
    const slowest = times.at(-1) ?? NaN;
    process.stdout.write(
      `${title.padEnd(44)} ${median.toFixed(1).padStart(7)} ${slowest.toFixed(1).padStart(7)}\n`,
    );
  };

  const filter = { status: { eq: 'accepted' }, confidence: { gte: 0.5 } };
  const order_by = 'data.file_name desc';
  const page_size = 50;
  const { next_page_token: page_token } = await post('search', { filter, order_by, page_size });

  await measure('search: first page', 'search', { page_size });
  await measure('search: newest first, offset 1000', 'search', {
    order_by: 'created_at desc',
    offset: 1000,
    page_size,
  });
  let deep: unknown;
  for (let page = 0; page < 50; page += 1) {
    const next = await post('search', { page_size: 1000, page_token: deep });
    deep = next.next_page_token ?? deep;
  }
  await measure('search: 51st thousand, by token', 'search', { page_size, page_token: deep });
  await measure('search: filter, order, page', 'search', { filter, order_by, page_size });
  await measure('search: filter, order, second page', 'search', {
    filter,
    order_by,
    page_size,
    page_token,
  });
  await measure('search: list holds one of two', 'search', {
    filter: { tags: { includes: ['t1', 't2'] } },
    order_by,
    page_size,
  });
  await measure('count of all', 'aggregate', { count: true });
  await measure('count of a filter', 'aggregate', { count: true, filter });
  await measure('groups by one field: count, first', 'aggregate', {
    group_by: ['status'],
    count: true,
    first: true,
  });
  await measure('groups by one field of a filter', 'aggregate', {
    group_by: ['data.vendor'],
    count: true,
    filter,
  });
  await measure('groups by two fields: count', 'aggregate', {
    group_by: ['status', 'data.vendor'],
    count: true,
    page_size: 1000,
  });
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
