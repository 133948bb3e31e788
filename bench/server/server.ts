/**
 * The other side of the loopback interface: `node:http` with answers that are made before they are asked for. What it
 * is depends on the first two segments of the path, `/SITE/KNOBS/api/v1/…`, so that every client can be pointed at it by its
 * base URL. Tells its parent process where it is, and on request what it has done.
 */

import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chat } from './chat.ts';
import { jobs } from './jobs.ts';
import { lists } from './lists.ts';
import { reads } from './reads.ts';
import { uploads } from './uploads.ts';

/** Makes a server's answers from its knobs. */
export type Site = (knobs: URLSearchParams) => RequestListener;

/** What the server says when it is asked. */
export interface ServerReport {
  /** Milliseconds of CPU time since it began. */
  readonly cpu: number;
  /** Requests since it began. */
  readonly requests: number;
}

const sites: Readonly<Record<string, Site>> = { chat, jobs, lists, reads, uploads };

const made = new Map<string, RequestListener>();
let requests = 0;

function make(prefix: string): RequestListener {
  const [, name = '', text = ''] = prefix.split('/');
  const knobs = new URLSearchParams(text);
  const listener = sites[name]?.(knobs);
  if (!listener) {
    throw new RangeError(`The bench server has no site "${name}".`);
  }
  const latency = Number(knobs.get('latency') ?? 0);
  return latency === 0
    ? listener
    : (request, response) => void setTimeout(() => listener(request, response), latency);
}

const server = createServer((request, response) => {
  requests += 1;
  const { url = '' } = request;
  const end = url.indexOf('/', url.indexOf('/', 1) + 1);
  const prefix = url.slice(0, end);
  let listener = made.get(prefix);
  if (!listener) {
    listener = make(prefix);
    made.set(prefix, listener);
  }
  request.url = url.slice(end);
  listener(request, response);
});
// No client's connection is closed under it between two rounds.
server.keepAliveTimeout = 600_000;

// Whoever started it may end without a word.
process.on('disconnect', () => process.exit());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const report: ServerReport = { cpu: (user + system) / 1000, requests };
  process.send?.(report);
});
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
