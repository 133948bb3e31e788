import { asyncScheduler, type SchedulerLike } from 'rxjs';
import type { Dispatcher } from 'undici';
import { provideNodeContext } from '../context/nodeContext.ts';
import { kindOf, shown } from '../checks/shown.ts';
import { ActivityHub } from './activityHub.ts';
import { checkDispatcher } from './checkDispatcher.ts';
import { type ConnectionConfig, regions, type Timeouts } from './connectionConfig.ts';
import { checkOptions } from './connectionOptions.ts';
import { Deadlines } from './deadlines.ts';
import { diallingAgent } from './dialling.ts';
import { extraHeaders } from './extraHeaders.ts';
import { Lifetime } from './lifetime.ts';
import { Line } from './line.ts';
import type { JsonReviver } from './reviveJson.ts';
import { type LinkPolicy, linkPolicy } from './linkPolicy.ts';
import { LONGEST_TIMER } from '../types/longestTimer.ts';
import { proxyFromEnv } from './proxyFromEnv.ts';
import { budgetsByOrigin, type RetryBudget } from './retryBudget.ts';
import type { RetryPolicy } from './retryPolicy.ts';
import { isSecretText, Secrets } from './secrets.ts';
import { ServerClock } from './serverClock.ts';
import { steadyClock } from './steadyClock.ts';
import { TokenSource } from './tokenSource.ts';

// Whoever imports this has undici, and so runs where there is `node:async_hooks`.
provideNodeContext();

/** The handle that every source takes first. Frozen; made by {@link connect}. Prints without its token. */
export interface Connection {
  /** The API's address, without a slash at the end. */
  readonly baseUrl: string;
  readonly projectId: string | undefined;
  readonly organizationId: string | undefined;
}

/** What the modules of this folder need to carry a request, kept apart from the handle. */
export interface Wire {
  readonly origin: string;
  /** The path that the base URL has in front of the API's, without a slash at the end. */
  readonly prefix: string;
  /** The header of the credentials, unless a function gives them, and the headers for gateways. */
  readonly headers: Readonly<Record<string, string>>;
  /** Gives the credentials of each request. */
  readonly tokens: TokenSource | undefined;
  /** Takes the secret out of a text that came from outside. */
  readonly redact: (text: string) => string;
  /** Carries requests to any origin, those of presigned URLs too. */
  readonly dispatcher: Dispatcher;
  /** Closes the sockets, unless they are those of a dispatcher that was given. */
  readonly closeSockets: () => Promise<undefined>;
  readonly line: Line;
  readonly lifetime: Lifetime;
  /** Of calls as a whole. */
  readonly deadlines: Deadlines;
  readonly hub: ActivityHub;
  /** Of the API, not of storage elsewhere. */
  readonly serverClock: ServerClock;
  readonly links: LinkPolicy;
  readonly timeouts: Readonly<Required<{ [K in keyof Timeouts]: number }>>;
  readonly retry: {
    readonly attempts: number;
    readonly maxDelay: number;
    readonly policy: RetryPolicy | undefined;
  };
  /** What retries to an origin are paid from. */
  readonly budgetOf: (origin: string) => RetryBudget;
  readonly maxResponseBytes: number;
  /** For the JSON of answers and events. */
  readonly reviver: JsonReviver | undefined;
  readonly scheduler: SchedulerLike;
  /** Milliseconds of a clock that nobody sets. */
  readonly now: () => number;
  /** The number of the next call. */
  readonly nextRequest: () => number;
}

// The secret lives here and not on the handle, where `inspect` and `JSON.stringify` would find it.
const wires = new WeakMap<Connection, Wire>();

/** The wire behind a handle. @throws TypeError when it was not made by {@link connect}. */
export function wireOf(connection: Connection): Wire {
  const wire = wires.get(connection);
  if (!wire) {
    throw new TypeError('The first argument must be what connect() returned.');
  }
  return wire;
}

/**
 * Makes the handle for an API and its credentials. Sends nothing and opens no socket.
 *
 * @example
 * ```ts
 * const connection = connect({ region: 'eu', projectId: 'prj-1' });
 * ```
 *
 * @throws TypeError when no token is to be found, or an option cannot be meant.
 */
export function connect(config: ConnectionConfig = {}): Connection {
  checkOptions(config);
  const { timeouts = {}, scheduler = asyncScheduler } = config;
  const policy = typeof config.retry === 'function' ? config.retry : undefined;
  const retry = typeof config.retry === 'function' ? {} : (config.retry ?? {});
  const concurrency = atLeast(1, 'concurrency', config.concurrency ?? 16);
  const attempts = atLeast(1, 'retry.attempts', retry.attempts ?? 3);
  const maxDelay = timer(0, 'retry.maxDelay', retry.maxDelay ?? 20_000);
  const maxResponseBytes = atLeast(1, 'maxResponseBytes', config.maxResponseBytes ?? 64 * 2 ** 20);
  const waits = {
    connect: limit('timeouts.connect', timeouts.connect ?? 10_000),
    headers: limit('timeouts.headers', timeouts.headers ?? 60_000),
    bodyGap: limit('timeouts.bodyGap', timeouts.bodyGap ?? 120_000),
    total: limit('timeouts.total', timeouts.total ?? 300_000),
  };
  if (config.reviver !== undefined && typeof config.reviver !== 'function') {
    throw new TypeError(`connect: reviver must be a function, got ${typeof config.reviver}`);
  }
  const url = parseBaseUrl(
    config.baseUrl ?? env('LLAMA_CLOUD_BASE_URL') ?? regionAddress(config.region ?? 'na'),
  );
  const prefix = prefixOf(url);
  const secrets = new Secrets();
  const gatewayHeaders = extraHeaders(config.headers);
  Object.values(gatewayHeaders).forEach((value) => secrets.add(value));
  const { credentials, tokens } = authenticate(config, secrets);
  const links = linkPolicy(url, config.presigned);
  if (config.dispatcher !== undefined) {
    checkDispatcher(config.dispatcher);
  }
  const proxies = config.dispatcher ? undefined : proxyFromEnv();
  proxies?.secrets.forEach((secret) => secrets.add(secret));
  if (links.publicOnly && (config.dispatcher ?? proxies)) {
    throw new TypeError(
      `connect: presigned.publicOnly cannot be had with a ${config.dispatcher ? 'dispatcher' : 'proxy of the environment'}, ` +
        'which connects by itself. Name the hosts that links may point to in presigned.hosts',
    );
  }
  // No bound on sockets here: `line` is the bound, and long event streams do not count against it.
  const dispatcher =
    config.dispatcher ??
    diallingAgent(waits.connect === Infinity ? 0 : waits.connect, links, proxies);
  const hub = new ActivityHub();
  const now = steadyClock(scheduler);
  let requests = 0;

  const connection: Connection = Object.freeze({
    baseUrl: url.origin + prefix,
    projectId: config.projectId,
    organizationId: config.organizationId,
  });
  wires.set(connection, {
    origin: url.origin,
    prefix,
    headers: { ...gatewayHeaders, ...credentials },
    tokens,
    redact: secrets.redact,
    dispatcher,
    async closeSockets() {
      if (dispatcher !== config.dispatcher) {
        await dispatcher.destroy();
      }
    },
    line: new Line({
      concurrency,
      maxPause: maxDelay,
      adaptiveRate: config.adaptiveRate ?? true,
      scheduler,
      now,
      hub,
    }),
    serverClock: new ServerClock(now),
    lifetime: new Lifetime(),
    deadlines: new Deadlines(waits.total, scheduler, now),
    hub,
    links,
    timeouts: waits,
    retry: { attempts, maxDelay, policy },
    budgetOf: budgetsByOrigin(url.origin),
    maxResponseBytes,
    reviver: config.reviver,
    scheduler,
    now,
    nextRequest: () => (requests += 1),
  });
  return connection;
}

function env(name: string): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}

function regionAddress(region: keyof typeof regions): string {
  if (!Object.hasOwn(regions, region)) {
    throw new TypeError(`connect: region must be 'na' or 'eu', got ${shown(region)}`);
  }
  return regions[region];
}

function atLeast(minimum: number, name: string, value: number): number {
  if (typeof value !== 'number' || !(value >= minimum)) {
    throw new TypeError(`connect: ${name} must be at least ${minimum}, got ${shown(value)}`);
  }
  return value;
}

function timer(minimum: number, name: string, ms: number): number {
  if (typeof ms === 'number' && ms > LONGEST_TIMER) {
    throw new TypeError(`connect: ${name} must be at most ${LONGEST_TIMER}, got ${ms}`);
  }
  return atLeast(minimum, name, ms);
}

function limit(name: string, ms: number): number {
  return ms === Infinity ? ms : timer(1, name, ms);
}

/**
 * The base URL's path. `/api/v1` at its end is left out: the API's paths begin with it. `/api` stays, as a gateway may have
 * the API below it; see the hint for 404.
 */
function prefixOf(url: URL): string {
  const path = withoutSlashes(url.pathname);
  return path.endsWith('/api/v1') ? withoutSlashes(path.slice(0, -'/api/v1'.length)) : path;
}

function withoutSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === '/') {
    end -= 1;
  }
  return path.slice(0, end);
}

function parseBaseUrl(given: unknown): URL {
  const text = given instanceof URL ? given.href : typeof given === 'string' ? given : '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The text is not repeated: it may hold a password.
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search) {
    throw new TypeError(
      'connect: the base URL must look like https://api.example.com, without user, password or query. ' +
        'It comes from the option baseUrl or the variable LLAMA_CLOUD_BASE_URL.',
    );
  }
  return url;
}

function authenticate(
  config: ConnectionConfig,
  secrets: Secrets,
): { credentials: Record<string, string>; tokens: TokenSource | undefined } {
  const { session } = config;
  const token = config.token ?? env('LLAMA_CLOUD_API_KEY') ?? env('LLAMA_PARSE_API_KEY');
  if (typeof token === 'function' && session === undefined) {
    return { credentials: {}, tokens: new TokenSource(token, secrets) };
  }
  const secret: unknown = session ?? token;
  if (secret === undefined || secret === '') {
    throw new TypeError(
      'connect: no API key. Set LLAMA_CLOUD_API_KEY or pass { token }. ' +
        'To try things without an account, `npm start` and `npm run local` need none.',
    );
  }
  if (typeof secret !== 'string') {
    const what =
      session === undefined ? 'token must be a text or a function' : 'session must be a text';
    throw new TypeError(`connect: ${what}, got ${kindOf(secret)}`);
  }
  if (!isSecretText(secret)) {
    throw new TypeError(
      'connect: the API key has a blank, a line break or another character that no key has. ' +
        'It was probably cut or pasted wrongly.',
    );
  }
  secrets.add(secret);
  const credentials =
    session === undefined ? { authorization: `Bearer ${secret}` } : { cookie: `session=${secret}` };
  return { credentials, tokens: undefined };
}
