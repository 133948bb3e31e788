import { describe, expect, it } from 'vitest';
import type { AgentData, SearchAgentDataBody } from '../../src/types/agentData.ts';
import { watchAgentData, type WatchAgentDataConfig } from '../../src/workflows/watchAgentData.ts';
import { connectTo } from '../support/operation.ts';
import { startServer, type TestServer } from '../support/server.ts';

interface Note {
  readonly n: number;
}

const notes = { deployment_name: '_public', collection: 'notes' };
const interval = { min: 1, max: 1 };
const second = 1_000;
const hour = 3_600_000;

/** A service that goes by a clock of its own, which it tells unless it is `mute`. */
interface Service extends AsyncDisposable {
  readonly server: TestServer;
  /** Milliseconds that its clock is ahead of ours. */
  set(ahead: number): void;
  /** Stores a note; `at` is its time in milliseconds from the service's now. */
  write(id: string, n: number, at?: number): void;
  looked(): Promise<void>;
  fail(times: number): void;
  /** How many records were sent. */
  sent(): number;
}

async function startService({ mute = false } = {}): Promise<Service> {
  const records = new Map<string, AgentData<Note> & { id: string; updated_at: string }>();
  let ahead = 0;
  let failures = 0;
  let sent = 0;
  const iso = (at: number): string => new Date(Date.now() + ahead + at).toISOString();
  const server = await startServer((request, response) => {
    response.sendDate = false;
    const date = mute ? {} : { date: new Date(Date.now() + ahead).toUTCString() };
    response.writeHead(failures-- > 0 ? 503 : 200, { 'content-type': 'application/json', ...date });
    const { page_size, page_token } = request.json() as SearchAgentDataBody;
    const start = Number(page_token ?? 0);
    const listed = [...records.values()].sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1));
    const items = listed.slice(start, start + (page_size ?? 100));
    const end = start + items.length;
    sent += items.length;
    response.end(JSON.stringify({ items, next_page_token: end < listed.length ? `${end}` : null }));
  });
  return {
    server,
    set(ms) {
      ahead = ms;
    },
    write(id, n, at = 0) {
      const updated_at = iso(at);
      const created_at = records.get(id)?.created_at ?? updated_at;
      records.set(id, { ...notes, id, data: { n }, created_at, updated_at });
    },
    async looked() {
      const asked = server.requests.length;
      await server.until(() => server.requests.length >= asked + 3);
    },
    fail(times) {
      failures = times;
    },
    sent: () => sent,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function watch(service: Service, config: WatchAgentDataConfig = {}, page_size = 2) {
  const seen: string[] = [];
  const resume: string[] = [];
  const subscription = watchAgentData<Note>(
    connectTo(service.server.url),
    { ...notes, page_size },
    { interval, ...config },
  ).subscribe({
    next({ type, record, resumeFrom }) {
      seen.push(`${type} ${record.id} ${record.data.n}`);
      resume.push(resumeFrom);
    },
    error: (error: unknown) => seen.push(String(error)),
  });
  return {
    seen,
    resume,
    until: (n: number) => service.server.until(() => seen.length >= n),
    [Symbol.dispose]: () => subscription.unsubscribe(),
  };
}

describe.each([{ mute: false }, { mute: true }])('a record with a time to come, %o', (server) => {
  it.each(['before the first look', 'later'])('that is there %s silences nothing', async (when) => {
    await using service = await startService(server);
    service.write('old', 0, -hour);
    if (when !== 'later') {
      service.write('future', 1, 24 * hour);
    }
    using feed = watch(service);
    await service.looked();
    service.write('future', 1, 24 * hour);
    service.write('a', 2);
    await service.looked();
    service.write('b', 3);
    service.write('future', 4, 24 * hour);
    await service.looked();
    // Touched by a clock that is right.
    service.write('future', 5);
    await service.looked();
    await service.looked();
    const changes = feed.seen.toSorted();
    expect(changes.filter((change) => /[abd]+ \w+ [235]$/.test(change))).toEqual([
      'created a 2',
      'created b 3',
      'updated future 5',
    ]);
    expect(feed.seen.filter((change) => change.endsWith('future 4'))).toHaveLength(1);
    expect(new Set(changes).size).toBe(changes.length);
    expect(feed.seen.join()).not.toContain('old');
  });

  it('does not become the place to go on from', async () => {
    await using service = await startService(server);
    let since = new Date(Date.now() - second).toISOString();
    {
      using feed = watch(service, { since });
      service.write('a', 1);
      service.write('future', 2, hour);
      await feed.until(2);
      since = feed.resume.at(-1) ?? '';
    }
    expect(Math.abs(Date.parse(since) - Date.now())).toBeLessThan(10 * second);
    service.write('b', 3);
    using feed = watch(service, { since });
    await service.looked();
    expect(feed.seen).toContain('created b 3');
  });

  it('holds nothing up where it is given as the place to go on from', async () => {
    await using service = await startService(server);
    service.write('future', 1, hour);
    using feed = watch(service, { since: new Date(Date.now() + hour).toISOString() });
    await service.looked();
    service.write('a', 2);
    await service.looked();
    expect(feed.seen.toSorted()).toEqual(['created a 2', 'created future 1']);
  });
});

it('sees what changes after the clock of the server is set back, and repeats nothing', async () => {
  await using service = await startService();
  service.set(hour);
  service.write('old', 0, -10 * second);
  using feed = watch(service);
  await service.looked();
  service.write('a', 1);
  await feed.until(1);
  service.set(0);
  await service.looked();
  service.write('b', 2);
  await service.looked();
  service.write('a', 3);
  await service.looked();
  await service.looked();
  expect(feed.seen).toEqual(['created a 1', 'created b 2', 'updated a 3']);
});

it('goes by the times of the records where the server tells a later time', async () => {
  await using service = await startService();
  service.write('a', 0, -24 * hour);
  using feed = watch(service);
  await service.looked();
  service.write('b', 1, -24 * hour + second);
  await service.looked();
  service.write('c', 2, -24 * hour + 2 * second);
  await service.looked();
  expect(feed.seen).toEqual(['created b 1', 'created c 2']);
});

it('emits what was created while the first look was failing', async () => {
  await using service = await startService();
  service.write('old', 0, -hour);
  service.fail(5);
  using feed = watch(service);
  await service.server.until(() => service.server.requests.length === 3);
  service.write('a', 1);
  await feed.until(1);
  await service.looked();
  expect(feed.seen).toEqual(['created a 1']);
});

it('reads only the records of the last second or so, however many there are', async () => {
  await using service = await startService();
  for (let n = 0; n < 100; n += 1) {
    service.write(`r${n}`, n, -hour + n);
  }
  service.write('future', 1, hour);
  using feed = watch(service);
  await service.looked();
  const before = service.sent();
  const asked = service.server.requests.length;
  await service.looked();
  const looks = service.server.requests.length - asked;
  expect((service.sent() - before) / looks).toBeLessThanOrEqual(3);
  expect(feed.seen).toEqual([]);
});
