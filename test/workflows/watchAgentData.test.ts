import * as fc from 'fast-check';
import { concatMap, firstValueFrom, lastValueFrom, map, take, toArray } from 'rxjs';
import { startLocalCloud } from 'rx-llamacloud-local';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/http/connection.ts';
import { createAgentData, updateAgentData } from '../../src/sources/agentData.ts';
import type { AgentData, SearchAgentDataBody } from '../../src/types/agentData.ts';
import {
  type AgentDataChange,
  watchAgentData,
  type WatchAgentDataConfig,
} from '../../src/workflows/watchAgentData.ts';
import { connectTo } from '../support/operation.ts';
import { json, startServer, type TestServer } from '../support/server.ts';

interface Note {
  readonly n: number;
}

const notes = { deployment_name: '_public', collection: 'notes' };
const interval = { min: 1, max: 1 };

describe('against the embedded cloud', () => {
  it('emits what is created and changed, oldest first', async () => {
    await using cloud = await startLocalCloud();
    const connection = connect({ baseUrl: cloud.url, token: cloud.token });
    const store = (n: number) =>
      lastValueFrom(createAgentData<Note>(connection, { ...notes, data: { n } }));
    const old = await store(0);
    cloud.clock.advance(5_000);
    const since = new Date(cloud.clock.now()).toISOString();

    const changes = firstValueFrom(
      watchAgentData<Note>(connection, notes, { since, interval }).pipe(
        // One change after another, each made once the one before it is seen.
        concatMap(async ({ type, record }) => {
          if (record.data.n < 3) {
            await store(record.data.n + 1);
          } else if (record.data.n === 3) {
            await lastValueFrom(updateAgentData(connection, old.id ?? '', { data: { n: 4 } }));
          }
          return [type, record.data.n];
        }),
        take(4),
        toArray(),
      ),
    );
    await store(1);
    expect(await changes).toEqual([
      ['created', 1],
      ['created', 2],
      ['created', 3],
      ['updated', 4],
    ]);
  });

  it('watches only the records that match', async () => {
    await using cloud = await startLocalCloud();
    const connection = connect({ baseUrl: cloud.url, token: cloud.token });
    const since = new Date(cloud.clock.now()).toISOString();
    for (const n of [1, 20, 3, 40]) {
      await lastValueFrom(createAgentData<Note>(connection, { ...notes, data: { n } }));
    }
    const large = watchAgentData<Note>(
      connection,
      { ...notes, filter: { n: { gt: 10 } }, page_size: 1 },
      { since },
    );
    const seen = large.pipe(
      map(({ record }) => record.data.n),
      take(2),
      toArray(),
    );
    expect(await firstValueFrom(seen)).toEqual([20, 40]);
  });
});

describe('against a server whose clock is slow', () => {
  it('begins with what changes after the first look', async () => {
    await using service = await startService();
    service.write('a', 1);
    const changes = watch(service);
    await service.looked();
    service.write('b', 2);
    service.write('a', 3);
    expect(await changes.seen(2)).toEqual(['updated a 3', 'created b 2']);
  });

  it('sees a record that changes within the tick of the last look', async () => {
    await using service = await startService();
    const changes = watch(service);
    await service.looked();
    for (const n of [1, 2, 3]) {
      service.write('a', n);
      await service.looked();
    }
    expect(await changes.seen(3)).toEqual(['created a 1', 'updated a 2', 'updated a 3']);
  });

  it('emits a record once that changed twice between two looks', async () => {
    await using service = await startService();
    const changes = watch(service);
    await service.looked();
    service.write('a', 1);
    service.tick();
    service.write('a', 2);
    expect(await changes.seen(1)).toEqual(['created a 2']);
    await service.looked();
    await service.looked();
    expect(await changes.seen(1)).toHaveLength(1);
  });

  it('reads on over page borders as long as the time is the same', async () => {
    await using service = await startService();
    service.write('old', 0);
    service.tick(2_000);
    const changes = watch(service, { page_size: 2 });
    await service.looked();
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      service.write(id, 1);
    }
    expect((await changes.seen(5)).toSorted()).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((id) => `created ${id} 1`),
    );
  });

  it('begins with what changed at the very time that it is given', async () => {
    await using service = await startService();
    service.write('a', 1);
    service.tick();
    service.write('b', 2);
    service.write('c', 3);
    service.tick();
    service.write('a', 4);
    const changes = watch(service, {}, { since: '2026-01-01T00:00:00.001Z', overlap: 0 });
    expect((await changes.seen(3)).toSorted()).toEqual([
      'created b 2',
      'created c 3',
      'updated a 4',
    ]);
  });

  it('asks for one page of a quiet collection, however long it is', async () => {
    await using service = await startService();
    for (let n = 0; n < 50; n += 1) {
      service.write(`r${n}`, n);
      service.tick(1_000);
    }
    watch(service, { page_size: 5 });
    await service.looked();
    await service.looked();
    expect(service.pages()).toBeLessThanOrEqual(service.looks() + 1);
  });

  it('finds a record that becomes visible a little later than its time says', async () => {
    await using service = await startService();
    service.write('a', 1);
    const changes = watch(service);
    await service.looked();
    service.tick(500);
    service.write('b', 2);
    await changes.seen(1);
    service.tick(-200);
    service.write('c', 3);
    expect(await changes.seen(2)).toEqual(['created b 2', 'created c 3']);
  });

  it('loses nothing and repeats nothing, whenever records change', async () => {
    const writes = fc.record({
      ticks: fc.constantFrom(0, 0, 1, 700, 5_000),
      id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    });
    const history = fc.array(fc.array(writes, { maxLength: 3 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        history,
        history,
        fc.constantFrom(0, 1_000),
        async (before, during, overlap) => {
          await using service = await startService();
          let n = 0;
          const apply = (steps: readonly { readonly ticks: number; readonly id: string }[]): void =>
            steps.forEach(({ ticks, id }) => {
              service.tick(ticks);
              service.write(id, ++n);
            });
          before.forEach(apply);
          const changes = watch(service, { page_size: 2 }, { overlap });
          await service.looked();
          // From here on something is written between any two pages.
          service.beforeEachPage(() => apply(during.shift() ?? []));
          await service.server.until(() => during.length === 0);
          await service.looked();
          await service.looked();

          const emitted = await changes.seen(0);
          expect(new Set(emitted).size).toBe(emitted.length);
          const created = emitted.filter((change) => change.startsWith('created'));
          expect(new Set(created.map((change) => change.split(' ')[1])).size).toBe(created.length);
          for (const { id, data } of service.changedSinceWatched()) {
            expect(emitted.findLast((change) => change.split(' ')[1] === id)).toMatch(
              new RegExp(` ${data.n}$`),
            );
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('what goes wrong', () => {
  it('passes on the error of a look', async () => {
    await using server = await startServer((_, response) => json(response, { detail: 'no' }, 403));
    const changes = watchAgentData(connectTo(server.url), notes);
    await expect(firstValueFrom(changes)).rejects.toMatchObject({ status: 403 });
  });

  it('refuses records that changes cannot be told of', async () => {
    const answer = { items: [{ ...notes, id: 'a', data: {} }], next_page_token: null };
    await using server = await startServer((_, response) => json(response, answer));
    const changes = watchAgentData(connectTo(server.url), notes);
    await expect(firstValueFrom(changes)).rejects.toMatchObject({ name: 'ResponseError' });
  });

  it('refuses settings that cannot be meant when called', () => {
    const connection = connectTo('http://127.0.0.1:1');
    expect(() => watchAgentData(connection, notes, { since: 'noon' })).toThrow(RangeError);
    expect(() => watchAgentData(connection, notes, { overlap: -1 })).toThrow(RangeError);
    expect(() => watchAgentData(connection, notes, { interval: { min: 0 } })).toThrow(RangeError);
  });
});

/** A service that holds notes. Its clock stands still but for `tick`, and page tokens name a place in the order. */
interface Service extends AsyncDisposable {
  readonly server: TestServer;
  write(id: string, n: number): void;
  tick(ms?: number): void;
  beforeEachPage(act: () => void): void;
  /** Looks and pages that were asked for. */
  looks(): number;
  pages(): number;
  /** Resolves once a look is over that began after this call. */
  looked(): Promise<void>;
  changedSinceWatched(): readonly { id: string; data: Note }[];
}

async function startService(): Promise<Service> {
  const records = new Map<string, AgentData<Note> & { id: string; updated_at: string }>();
  let now = Date.parse('2026-01-01T00:00:00Z');
  let act = (): void => undefined;
  let firstLook: string | undefined;
  // As Python writes times: no zone, and no fraction where it is zero.
  const timestamp = (): string => new Date(now).toISOString().replace(/(\.000)?Z$/, '');
  const server = await startServer((request, response) => {
    const { page_size, page_token } = request.json() as SearchAgentDataBody;
    act();
    firstLook ??= JSON.stringify([...records.values()]);
    const place = ({ id, updated_at }: { id: string; updated_at: string }): string =>
      `${updated_at.padEnd(23, '.000')} ${id}`;
    const listed = [...records.values()]
      .sort((a, b) => (place(a) < place(b) ? 1 : -1))
      .filter((record) => !page_token || place(record) < page_token);
    const items = listed.slice(0, page_size ?? 10);
    const last = items.at(-1);
    const next_page_token = last && items.length < listed.length ? place(last) : null;
    json(response, { items, next_page_token });
  });
  const looks = (): number =>
    server.requests.filter((request) => !(request.json() as SearchAgentDataBody).page_token).length;
  return {
    server,
    write(id, n) {
      const created_at = records.get(id)?.created_at ?? timestamp();
      records.set(id, { ...notes, id, data: { n }, created_at, updated_at: timestamp() });
    },
    tick(ms = 1) {
      now += ms;
    },
    beforeEachPage(does) {
      act = does;
    },
    looks,
    pages: () => server.requests.length,
    async looked() {
      const begun = looks();
      await server.until(() => looks() >= begun + 2);
    },
    changedSinceWatched: () =>
      [...records.values()].filter((record) => !firstLook?.includes(JSON.stringify(record))),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Watches until the service is closed. `seen(n)` resolves to all changes once there are at least `n`. */
function watch(
  service: Service,
  body: { readonly page_size?: number } = {},
  config: WatchAgentDataConfig = {},
): { seen(n: number): Promise<string[]> } {
  const seen: string[] = [];
  watchAgentData<Note>(
    connectTo(service.server.url),
    { ...notes, ...body },
    // The services of some tests are gone before their watchers.
    { interval, patience: 0, ...config },
  ).subscribe({
    next: ({ type, record }: AgentDataChange<Note>) =>
      seen.push(`${type} ${record.id} ${record.data.n}`),
    error: () => undefined,
  });
  return {
    async seen(n) {
      await service.server.until(() => seen.length >= n);
      return [...seen];
    },
  };
}
