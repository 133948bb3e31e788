import type { Observable } from 'rxjs';
import { type LocalCloud, type LocalCloudConfig, startLocalCloud } from 'rx-llamacloud-local';
import { expect, vi } from 'vitest';
import { ApiError, NetworkError } from '../../../src/errors.ts';
import {
  connect,
  type Connection,
  type ConnectionConfig,
  wireOf,
} from '../../../src/http/connection.ts';
import { type Answerer, startServer, type TestServer } from '../../support/server.ts';
import { canary, leaksOf, watchOutputs } from './canary.ts';
import { openResources, surplus } from './openResources.ts';
import { type RawAnswerer, type RawServer, startRawServer } from './rawServer.ts';
import { noteRequests, repeated, type SeenRequest } from './seenRequests.ts';
import { noteLateNotifications, watch, type Watched } from './watched.ts';

/** Patience with what should have happened at once; machines are shared. */
const patience = { timeout: 5_000, interval: 2 };

/** What a test of a fault works with. All that it opens is closed after the test. */
export interface FaultRun {
  /** An embedded cloud; its fault knobs are `cloud.faults`. */
  cloud(config?: LocalCloudConfig): Promise<LocalCloud>;
  /** A scripted HTTP server. */
  server(answer: Answerer): Promise<TestServer>;
  /** A scripted TCP server, for faults below HTTP; a `deaf` one does not notice that clients leave. */
  rawServer(answer: RawAnswerer, deaf?: boolean): Promise<RawServer>;
  /** A connection that bears the canary. Waits at most 10 ms between attempts unless told otherwise. */
  connect(server: { readonly url: string }, config?: ConnectionConfig): Connection;
  /** Subscribes, and keeps an eye on what comes. */
  watch<T>(source: Observable<T>): Watched<T>;
  /** What a source emits until it completes. */
  valuesOf<T>(source: Observable<T>): Promise<readonly T[]>;
  /** The error of a source that emits nothing before it. */
  errorOf(source: Observable<unknown>): Promise<ApiError>;
  /** Every request that reached a server of this test, in order. */
  readonly requests: () => readonly SeenRequest[];
}

/**
 * Runs a test of a fault, then checks what holds for every fault:
 *
 * - what is watched ends with exactly one notification, and after an unsubscribe nothing comes;
 * - the errors report as many attempts as requests reached the servers;
 * - what may not be repeated reached a server once, unless it was answered 429;
 * - no request is under way afterwards, and sockets, timers and file descriptors are as before;
 * - the canary is in no output, no error, no connection.
 */
export async function runFault(body: (run: FaultRun) => Promise<void>): Promise<void> {
  const baseline = openResources();
  using seen = noteRequests();
  using outputs = watchOutputs();
  using late = noteLateNotifications();
  const watched: Watched<unknown>[] = [];
  const connections: Connection[] = [];
  const raw: RawServer[] = [];
  const servers: (TestServer | RawServer)[] = [];
  const ports = new Set<number>();
  const requests = (): readonly SeenRequest[] => [
    ...seen.all.filter(({ port }) => ports.has(port)),
    ...raw.flatMap((server) => server.requests),
  ];

  {
    await using opened = new AsyncDisposableStack();
    const run: FaultRun = {
      async cloud(config) {
        const cloud = opened.use(await startLocalCloud({ token: canary, ...config }));
        ports.add(cloud.port);
        return cloud;
      },
      async server(answer) {
        const server = opened.use(await startServer(answer));
        ports.add(Number(new URL(server.url).port));
        servers.push(server);
        return server;
      },
      async rawServer(answer, deaf = false) {
        const server = opened.use(await startRawServer(answer, deaf));
        raw.push(server);
        if (!deaf) {
          servers.push(server);
        }
        return server;
      },
      connect({ url }, config) {
        const connection = connect({
          token: canary,
          baseUrl: url,
          retry: { maxDelay: 10 },
          ...config,
        });
        connections.push(connection);
        return connection;
      },
      watch(source) {
        const one = watch(source);
        watched.push(one);
        return one;
      },
      async valuesOf(source) {
        const one = run.watch(source);
        await ended(one);
        expect(one.error).toBeUndefined();
        return one.values;
      },
      async errorOf(source) {
        const one = run.watch(source);
        await ended(one);
        expect(one.values).toEqual([]);
        if (!(one.error instanceof ApiError)) {
          expect.fail(`expected an ApiError, got ${String(one.error)}`);
        }
        return one.error;
      },
      requests,
    };
    await body(run);

    for (const one of watched) {
      await ended(one);
    }
    await nothingUnderWay(connections);
    await vi.waitFor(
      () => expect(servers.map((server) => server.sockets())).toEqual(servers.map(() => 0)),
      patience,
    );
  }

  await vi.waitFor(() => expect(surplus(baseline), 'open afterwards').toEqual([]), patience);
  for (const one of watched) {
    one.check();
  }
  expect(late.of(watched), 'notifications after the end').toEqual([]);
  expect(repeated(requests()), 'sent again').toEqual([]);
  attemptsAreReported(watched, requests());
  expect(
    [
      ...watched.flatMap(({ error }) =>
        error instanceof Error ? leaksOf('the error', error) : [],
      ),
      ...connections.flatMap((connection) => leaksOf('the connection', connection)),
      ...outputs.written().filter((text) => text.includes(canary)),
    ],
    'where the token shows',
  ).toEqual([]);
}

function ended(one: Watched<unknown>): Promise<void> {
  return vi.waitFor(() => expect(one.ended(), 'an end, or an unsubscribe').toBe(true), patience);
}

/** Closes what carries the connections' requests, which has to wait for requests under way. */
async function nothingUnderWay(connections: readonly Connection[]): Promise<void> {
  const closed = Promise.all(
    connections.map((connection) => wireOf(connection).dispatcher.close()),
  );
  let state = 'requests under way';
  void closed.then(() => (state = 'idle'));
  await vi.waitFor(() => expect(state).toBe('idle'), patience);
}

/** Where all that was watched failed, what the errors report is all that was sent. */
function attemptsAreReported(
  watched: readonly Watched<unknown>[],
  requests: readonly SeenRequest[],
): void {
  const errors = watched.map(({ error }) => error);
  const reported = errors.reduce<number>(
    (sum, error) => sum + (error instanceof ApiError ? error.attempts : 0),
    0,
  );
  const neverSent = errors.some((error) => error instanceof NetworkError && !error.ambiguous);
  if (errors.length > 0 && errors.every((error) => error instanceof ApiError) && !neverSent) {
    expect(requests, 'attempts that the errors report').toHaveLength(reported);
  }
}
