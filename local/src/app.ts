import { Hono } from 'hono';
import { requestId } from 'hono/request-id';
import { TrieRouter } from 'hono/router/trie-router';
import { toJson } from '../../src/types/toJson.ts';
import type { CloudContext } from './cloudContext.ts';
import { ApiProblem } from './http/apiProblem.ts';
import { authenticate } from './http/authenticate.ts';
import { checkHost } from './http/checkHost.ts';
import type { CloudEnv } from './http/cloudEnv.ts';
import type { KeyCheck } from './http/keyCheck.ts';
import { delayAnswers } from './http/delayAnswers.ts';
import { finishRequest } from './http/finishRequest.ts';
import type { RateLimit } from './http/limitRate.ts';
import { limitRate } from './http/limitRate.ts';
import { storageOutage } from './work/storageOutage.ts';
import { agentData } from './routes/agentData.ts';
import { attachments } from './routes/attachments.ts';
import { batchItems } from './routes/batchItems.ts';
import { batchJobs } from './routes/batchJobs.ts';
import { chat } from './routes/chat.ts';
import { directories } from './routes/directories.ts';
import { directoryFiles } from './routes/directoryFiles.ts';
import { documentation } from './routes/documentation.ts';
import { files } from './routes/files.ts';
import { indexes } from './routes/indexes.ts';
import { retrieval } from './routes/retrieval.ts';
import { sheets } from './routes/sheets.ts';
import { split } from './routes/split.ts';
import { status } from './routes/status.ts';

/** Who may ask. */
export interface Access {
  readonly bearsKey: KeyCheck;
  /** The address that is listened on. */
  readonly host: string;
  /** Names under which this machine is asked, beside those of `localhost`. */
  readonly allowedHosts: readonly string[];
}

/** How the API is slowed down. */
export interface Traffic {
  /** Requests above this are refused with 429. @defaultValue none are */
  readonly rateLimit?: RateLimit | undefined;
  /** Time that every request waits before it is carried out, in milliseconds. @defaultValue `0` */
  readonly latency?: number | undefined;
}

/**
 * The whole API as one application.
 *
 * Every answer bears `x-request-id`. Every refusal is `{"detail": …}`; a disk or a
 * database that fails is a 503 with the reason, and a failure of ours a 500 that names the request id, under which stderr has the stack.
 */
export function createApp(
  context: CloudContext,
  { bearsKey, host, allowedHosts }: Access,
  { rateLimit, latency = 0 }: Traffic = {},
): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();

  app.use(requestId());
  app.use(finishRequest);
  // Before anything of the request is looked at.
  app.use(checkHost(host, allowedHosts));
  app.use('/api/*', authenticate(bearsKey));
  if (latency !== 0) {
    app.use(delayAnswers(latency));
  }
  if (rateLimit !== undefined) {
    app.use('/api/*', limitRate(rateLimit, context.clock));
  }

  app.route('/', directories(context));
  app.route('/', directoryFiles(context));
  app.route('/', files(context));
  app.route('/', attachments(context));
  app.route('/', batchJobs(context));
  app.route('/', batchItems(context));
  app.route('/', indexes(context));
  app.route('/', retrieval(context));
  app.route('/', chat(context));
  app.route('/', sheets(context));
  app.route('/', split(context));
  app.route('/', agentData(context));
  app.route('/', documentation());
  app.route('/', status(context));

  app.onError((error, c) => {
    if (error instanceof ApiProblem) {
      // What was wrong is repeated in it, be it a number that JSON.stringify does not know.
      return c.body(toJson({ detail: error.detail }), error.status, {
        'content-type': 'application/json',
      });
    }
    if (c.env.incoming.destroyed && !c.env.incoming.complete) {
      // The client has hung up in the middle of its request: nobody reads this answer.
      return c.json({ detail: 'The request ended before it was complete' }, 400);
    }
    const id = c.get('requestId');
    const request = `Request ${id} (${c.req.method} ${c.req.path})`;
    const outage = storageOutage(error);
    if (outage !== undefined) {
      process.stderr.write(`${request} was refused: ${outage} (${error.message})\n`);
      const detail = `This cannot be done now: ${outage}. Send the request again later`;
      return c.json({ detail }, 503, { 'retry-after': '1' });
    }
    process.stderr.write(`${request} failed: ${error.stack ?? error.message}\n`);
    return c.json({ detail: `Something went wrong on our end; see correlation ID ${id}` }, 500);
  });

  const methodsAt = new TrieRouter<string>();
  for (const { method, path } of app.routes) {
    if (method !== 'ALL') {
      methodsAt.add('ANY', path, method);
    }
  }
  app.notFound((c) => {
    const allowed = methodsAt.match('ANY', c.req.path)[0].map(([method]) => method);
    return allowed.length === 0
      ? c.json({ detail: 'Not Found' }, 404)
      : c.json({ detail: 'Method Not Allowed' }, 405, { allow: [...new Set(allowed)].join(', ') });
  });
  return app;
}
