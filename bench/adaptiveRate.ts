/**
 * How soon, and how closely, a connection finds the rate of a server that changes it: ten subscribers who always want
 * more, against a limit of 20, then 10, then 40 requests a second.
 *
 *     node --conditions=@rx-llamacloud/source bench/adaptiveRate.ts
 */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { lastValueFrom, mergeMap, range, repeat, takeUntil, timer } from 'rxjs';
import { activity, connect, getIndex } from 'rx-llamacloud';

/** Requests a second, each for so many seconds. */
const limits = [20, 10, 40];
const phase = 30;
/** Seconds of each phase that are not measured: the time to find the new rate. */
const settling = 8;

const began = performance.now();
const seconds = (): number => (performance.now() - began) / 1_000;
const limit = (): number => limits[Math.floor(seconds() / phase)] ?? 1;

let room = 20;
let filledAt = 0;
const taken: number[] = [];
const refused: number[] = [];

const server = createServer((_, response) => {
  const now = seconds();
  room = Math.min(limit(), room + (now - filledAt) * limit());
  filledAt = now;
  response.setHeader('content-type', 'application/json');
  if (room >= 1) {
    room -= 1;
    taken.push(now);
    response.end('{"id":"idx"}');
  } else {
    refused.push(now);
    response.statusCode = 429;
    response.setHeader('retry-after', String(Math.ceil((1 - room) / limit())));
    response.end('{}');
  }
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const port = typeof address === 'object' ? address?.port : undefined;

const connection = connect({ token: 'bench', baseUrl: `http://127.0.0.1:${port ?? ''}` });
const rates: string[] = [];
activity(connection).subscribe((event) => {
  if (event.type === 'rate') {
    rates.push(`${seconds().toFixed(1)} s: ${event.perSecond.toFixed(1)}`);
  }
});
await lastValueFrom(
  range(10).pipe(
    mergeMap(() => getIndex(connection, 'idx').pipe(repeat())),
    takeUntil(timer(phase * limits.length * 1_000)),
  ),
);
server.close();

const within = (times: number[], from: number, to: number): number =>
  times.filter((at) => at >= from && at < to).length;
for (const [index, allowed] of limits.entries()) {
  const from = index * phase + settling;
  const to = (index + 1) * phase;
  const rate = within(taken, from, to) / (to - from);
  console.log(
    `limit ${allowed}/s, seconds ${from} to ${to}: ${rate.toFixed(1)} taken a second ` +
      `(${((rate / allowed) * 100).toFixed()} %), ${within(refused, from, to)} refused`,
  );
}
console.log(`decreases at ${rates.join(', ')} requests a second`);
