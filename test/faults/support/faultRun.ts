import type { RequestListener } from 'node:http';
import type { Observable } from 'rxjs';
import { type LocalCloud, type LocalCloudConfig, startLocalCloud } from 'rx-llamacloud-local';
import { expect } from 'vitest';
import { ApiError } from '../../../src/errors.ts';
import { activity } from '../../../src/http/activity.ts';
import type { ActivityEvent } from '../../../src/http/activityEvent.ts';
import { connect, type Connection, wireOf } from '../../../src/http/connection.ts';
import type { ConnectionConfig } from '../../../src/http/connectionConfig.ts';
import { type Answerer, startServer, type TestServer } from '../../support/server.ts';
import { canary, leaksOf, watchOutputs } from './canary.ts';
import type { Certificate } from './certificate.ts';
import { eventually } from './eventually.ts';
import { type HttpServer, startHttpServer } from './httpServer.ts';
import { openResources, surplus } from './openResources.ts';
import { noteTimers } from './openTimers.ts';
import { type RawAnswerer, type RawServer, startRawServer } from './rawServer.ts';
import { noteRequests, repeated, type SeenRequest } from './seenRequests.ts';
import { startTlsServer, type TlsServer } from './tlsServer.ts';
import { noteLateNotifications, watch, type Watched } from './watched.ts';

/** What a test of a fault works with. All that it opens is closed after the test. */
export interface FaultRun {
  /** An embedded cloud; its fault knobs are `cloud.faults`. */
  cloud(config?: LocalCloudConfig): Promise<LocalCloud>;
  /** A scripted HTTP server. */
  server(answer: Answerer): Promise<TestServer>;
  /** A scripted HTTP server that is handed requests before their bodies are read, and keeps nothing of them. */
  httpServer(answer: RequestListener): Promise<HttpServer>;
  /** A scripted TCP server, for faults below HTTP; a `deaf` one does not notice that clients leave. */
  rawServer(answer: RawAnswerer, deaf?: boolean): Promise<RawServer>;
  /** An https server of this certificate, which is trusted as far as it is valid and of the right name. */
  tlsServer(certificate: Certificate, answer: RequestListener): Promise<TlsServer>;
  /** A connection that bears the canary. Waits at most 10 ms between attempts unless told otherwise. */
  connect(server: { readonly url: string }, config?: ConnectionConfig): Connection;
  /** Subscribes, and keeps an eye on what comes. */
  watch<T>(source: Observable<T>): Watched<T>;
  /** Resolves once a subscription has had its last notification or was unsubscribed. */
  ended(one: Watched<unknown>): Promise<void>;
  /** What a source emits until it completes. */
  valuesOf<T>(source: Observable<T>): Promise<readonly T[]>;
  /** The error of a source that emits nothing before it. */
  errorOf(source: Observable<unknown>): Promise<ApiError>;
  /** Every request that reached a server of this test, in order; those of raw servers last. */
  readonly requests: () => readonly SeenRequest[];
  /** What the connections of this test have told of themselves so far. */
  readonly events: readonly ActivityEvent[];
}

/**
 * Runs a test of a fault, then checks what holds for every fault:
 *
 * - what is watched ends with exactly one notification, and after an unsubscribe nothing comes;
 * - the errors and the connections' activity report as many attempts as requests reached the servers;
 * - what may not be repeated reached a server once, unless it was answered 429;
 * - no request is under way afterwards, and sockets, timers and file descriptors are as before;
 * - the canary is in no output, no error, no event, no connection.
 *
 * @param patience - How long what should have happened at once may take, in milliseconds; machines are shared.
 */
export async function runFault(
  body: (run: FaultRun) => Promise<void>,
  patience = 20_000,
): Promise<void> {
  const baseline = openResources();
  using timers = noteTimers();
  using seen = noteRequests();
  using outputs = watchOutputs();
  using late = noteLateNotifications();
  const watched: Watched<unknown>[] = [];
  const connections: Connection[] = [];
  const events: ActivityEvent[] = [];
  const raw: RawServer[] = [];
  const servers: (TestServer | RawServer)[] = [];
  const ports = new Set<number>();
  const ended = (one: Watched<unknown>): Promise<void> =>
    eventually(() => expect(one.ended(), 'an end, or an unsubscribe').toBe(true), patience);
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
      async httpServer(answer) {
        const server = opened.use(await startHttpServer(answer));
        ports.add(server.port);
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
      async tlsServer(certificate, answer) {
        const server = opened.use(await startTlsServer(certificate, answer));
        ports.add(server.port);
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
        activity(connection).subscribe((event) => events.push(event));
        return connection;
      },
      watch(source) {
        const one = watch(source);
        watched.push(one);
        return one;
      },
      ended,
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
      events,
    };
    await body(run);

    for (const one of watched) {
      await ended(one);
    }
    await nothingUnderWay(connections, patience);
    await eventually(
      () => expect(servers.map((server) => server.sockets())).toEqual(servers.map(() => 0)),
      patience,
    );
  }

  await eventually(() => {
    const open = [...surplus(baseline), ...timers.open()];
    expect(open, `open afterwards: ${open.join(', ')}`).toEqual([]);
  }, patience);
  for (const one of watched) {
    one.check();
  }
  expect(late.of(watched), 'notifications after the end').toEqual([]);
  expect(repeated(requests()), 'sent again').toEqual([]);
  attemptsAreReported(watched, requests(), events);
  const leaks = [
    ...watched.flatMap(({ error }) => (error instanceof Error ? leaksOf('the error', error) : [])),
    ...connections.flatMap((connection) => leaksOf('the connection', connection)),
    ...leaksOf('the activity', events),
    ...outputs.written().filter((text) => text.includes(canary)),
  ];
  expect(leaks, `where the token shows: ${leaks.join(', ')}`).toEqual([]);
}

/** Closes what carries the connections' requests, which has to wait for requests under way. */
async function nothingUnderWay(
  connections: readonly Connection[],
  patience: number,
): Promise<void> {
  const closed = Promise.all(
    connections.map((connection) => wireOf(connection).dispatcher.close()),
  );
  let state = 'requests under way';
  void closed.then(() => (state = 'idle'));
  await eventually(() => expect(state).toBe('idle'), patience);
}

/** What was sent, by the connections' own account and by that of the errors, is what the servers saw. */
function attemptsAreReported(
  watched: readonly Watched<unknown>[],
  requests: readonly SeenRequest[],
  events: readonly ActivityEvent[],
): void {
  const sent = events.filter(({ type }) => type === 'sent').length;
  // What was left before the server had read it, and what never got as far as a connection.
  const perhaps = events.filter(({ type }) => type === 'cancelled').length;
  const never = events.filter(
    (event) => event.type === 'lost' && /^(connect|tls|refused|unreadable)$/.test(event.reason),
  ).length;
  expect(requests.length, 'attempts that were announced').toBeLessThanOrEqual(sent - never);
  expect(requests.length, 'attempts that were announced').toBeGreaterThanOrEqual(
    sent - never - perhaps,
  );

  // An error tells of the last request of its call: before a value there was but one.
  if (watched.every(({ error, values }) => error instanceof ApiError && values.length === 0)) {
    const reported = watched.reduce(
      (sum, { error }) => sum + (error instanceof ApiError ? error.attempts : 0),
      0,
    );
    expect(requests.length, 'attempts that the errors report').toBe(reported - never);
  }
}
