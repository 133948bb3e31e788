import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { MiddlewareHandler } from 'hono';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { CloudContext } from '../cloudContext.ts';
import { ApiProblem } from '../http/apiProblem.ts';
import { isLoopback } from '../http/checkHost.ts';
import type { CloudEnv } from '../http/cloudEnv.ts';
import { countResources, selectOpenWork } from '../store/cloudStatus.ts';

/** Paths of the status page. They are asked for all the time and belong in no log. */
export const statusPaths: readonly string[] = ['/', '/status/events'];

/** Time between two looks at the cloud for a page that is open, in milliseconds. */
const interval = 1_000;

/**
 * `GET /`: a page that shows what the cloud holds and does, and `GET /status/events`: its figures as
 * server-sent events, whenever they have changed. They need no key, and so they are there for
 * browsers on the same machine only; for all others they are 403.
 */
export function status(
  context: Pick<CloudContext, 'database' | 'clock' | 'requestLog' | 'closing'>,
): Hono<CloudEnv> {
  const { database, clock, requestLog, closing } = context;
  const app = new Hono<CloudEnv>();
  const page = readFileSync(new URL('../status/statusPage.html', import.meta.url), 'utf8');
  const policy = contentSecurityPolicy(page);
  const started = performance.now();

  const figures = () => ({
    up: Math.round((performance.now() - started) / 1_000) * 1_000,
    counts: countResources(database),
    work: selectOpenWork(database).map(({ since, ...work }) => ({
      ...work,
      age: clock.now() - Date.parse(since),
    })),
    requests: requestLog.recent(),
  });

  app.get('/', fromThisMachine, (c) =>
    c.html(page, 200, {
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    }),
  );

  app.get('/status/events', fromThisMachine, (c) => {
    const left = new AbortController();
    const gone = AbortSignal.any([left.signal, closing]);
    const response = streamSSE(c, async (stream) => {
      stream.onAbort(() => left.abort());
      while (!gone.aborted) {
        await stream.writeSSE({ data: JSON.stringify(figures()) });
        await wait(interval, undefined, { signal: gone }).catch(() => undefined);
      }
    });
    response.headers.set('connection', 'close');
    return response;
  });

  return app;
}

/**
 * Answers 403 to what does not come from this machine. The name that the browser was given counts
 * too, or a page of another site could have its own name resolved to this address.
 */
const fromThisMachine: MiddlewareHandler<CloudEnv> = async (c, next) => {
  const address = c.env.incoming.socket.remoteAddress ?? '';
  const name = (c.req.header('host') ?? '').replace(/:\d+$/, '');
  if (!isLoopback(address) || !isLoopback(name.replace(/^\[(.*)\]$/, '$1'))) {
    throw new ApiProblem(
      403,
      'The status page is for browsers on the machine that the cloud runs on: open it as http://localhost with the port',
    );
  }
  await next();
};

/** Lets the page run what is written in it, and load nothing else. */
function contentSecurityPolicy(page: string): string {
  const hashOf = (tag: string) => {
    const content = page.split(`<${tag}>`)[1]?.split(`</${tag}>`)[0] ?? '';
    return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
  };
  return [
    "default-src 'none'",
    `style-src ${hashOf('style')}`,
    `script-src ${hashOf('script')}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
