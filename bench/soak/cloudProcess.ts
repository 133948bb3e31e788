/**
 * The embedded cloud in a process of its own, and what it has seen of its clients.
 *
 * Started by `startCloud` of this file, which is also the program: `node bench/soak/cloudProcess.ts FOLDER`.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { type FaultRule, startLocalCloud } from 'rx-llamacloud-local';

/** What a cloud has to tell. */
export interface CloudReport {
  /** Requests that reached it. */
  readonly requests: number;
  /** Requests that met a fault. */
  readonly faults: number;
  /**
   * Creations that came again, by their idempotency key, although the first may have been acted on: only 429 says
   * that it was not.
   */
  readonly repeated: readonly string[];
  /** Memory of its process, in bytes. */
  readonly rss: number;
}

/** A cloud that runs. */
export interface Cloud {
  readonly url: string;
  readonly token: string;
  /** Lets things go wrong from now on. */
  readonly break: (rules: readonly FaultRule[]) => Promise<void>;
  readonly report: () => Promise<CloudReport>;
  /** Stops it in good order; what it has stays in its folder. */
  readonly stop: () => Promise<void>;
}

type Order = { readonly break: readonly FaultRule[] } | 'report' | 'stop';

/** Starts one on a folder. */
export async function startCloud(folder: string): Promise<Cloud> {
  const child = fork(import.meta.filename, [folder], {
    execArgv: ['--conditions=@rx-llamacloud/source'],
  });
  const ask = async (order: Order): Promise<unknown> => {
    child.send(order);
    return answerOf(child);
  };
  const address = (await answerOf(child)) as Pick<Cloud, 'url' | 'token'>;
  return {
    ...address,
    async break(rules) {
      await ask({ break: rules });
    },
    report: async () => (await ask('report')) as CloudReport,
    async stop() {
      const exited = once(child, 'exit');
      child.send('stop' satisfies Order);
      await exited;
    },
  };
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController();
  const exited = once(child, 'exit', { signal: gone.signal }).then(() => {
    throw new Error('The cloud has ended before it answered');
  });
  const answered = once(child, 'message').then(([answer]: unknown[]) => answer);
  try {
    return await Promise.race([answered, exited]);
  } finally {
    exited.catch(() => undefined);
    gone.abort();
  }
}

/** The program. */
async function serve(dataDir: string): Promise<void> {
  let requests = 0;
  const repeated: string[] = [];
  /** The status that a creation was last answered with, by its key. */
  const statuses = new Map<string, number>();
  subscribe('http.server.request.start', (message: unknown) => {
    const { request, response } = message as { request: unknown; response: unknown };
    if (!(request instanceof IncomingMessage && response instanceof ServerResponse)) {
      return;
    }
    requests += 1;
    const key = request.headers['idempotency-key'];
    if (typeof key === 'string') {
      const before = statuses.get(key);
      if (before !== undefined && before !== 429) {
        repeated.push(`${request.method} ${request.url} came again after ${before}`);
      }
      // 0 for no answer.
      statuses.set(key, 0);
      response.once('close', () =>
        statuses.set(key, response.headersSent ? response.statusCode : 0),
      );
    }
  });

  const cloud = await startLocalCloud({ dataDir });
  const say = (message: unknown): void => void process.send?.(message);
  process.on('message', (order: Order) => {
    if (order === 'report') {
      const { rss } = process.memoryUsage();
      say({ requests, faults: cloud.faults.met, repeated, rss } satisfies CloudReport);
    } else if (order === 'stop') {
      void cloud.close().then(() => process.disconnect());
    } else {
      order.break.forEach((rule) => cloud.faults.add(rule));
      say('done');
    }
  });
  // Nobody is left to stop it.
  process.on('disconnect', () => process.exit());
  say({ url: cloud.url, token: cloud.token });
}

const [folder] = process.argv.slice(2);
if (import.meta.main && folder !== undefined) {
  await serve(folder);
}
