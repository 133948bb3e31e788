import type { ServerResponse } from 'node:http';
import * as fc from 'fast-check';
import { lastValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import { activity } from '../../src/http/activity.ts';
import { close } from '../../src/http/close.ts';
import { connect } from '../../src/http/connection.ts';
import { createDirectory } from '../../src/sources/directories.ts';
import { getIndex } from '../../src/sources/indexes.ts';
import { eventually } from '../faults/support/eventually.ts';
import { watch, type Watched } from '../faults/support/watched.ts';
import { json, startServer } from '../support/server.ts';
import { turns } from './support/turns.ts';

const CONCURRENCY = 2;

/** Something that happens: to the call, or to the answer, that `which` picks among those there are. */
const step = fc.record({
  what: fc.constantFrom(
    'read',
    'read',
    'create',
    'leave',
    'answer',
    'half an answer',
    'refuse',
    'throttle',
    'break off',
    'turns',
    'turns',
    'turns',
    'microtasks',
  ),
  which: fc.nat(20),
});

it('keeps its line and ends every call, whatever comes in whatever order', async () => {
  let answers = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }),
      async (steps) => {
        const held: ServerResponse[] = [];
        await using server = await startServer((_, response) => void held.push(response));
        const connection = connect({
          token: 'llx-test',
          baseUrl: server.url,
          concurrency: CONCURRENCY,
          adaptiveRate: false,
          retry: { attempts: 2, maxDelay: 1 },
        });
        const counts = { sent: 0, most: 0 };
        let line = { queued: 0, active: 0 };
        activity(connection).subscribe((event) => {
          counts.sent += event.type === 'sent' ? 1 : 0;
          if (event.type === 'line') {
            line = event;
            counts.most = Math.max(counts.most, event.active);
          }
        });
        const calls: Watched<unknown>[] = [];
        const going = (): Watched<unknown>[] => calls.filter((call) => !call.ended());
        const pick = <T>(from: readonly T[], which: number): T | undefined =>
          from[which % from.length];
        const take = (which: number): ServerResponse | undefined => {
          const [response] = held.splice(which % Math.max(1, held.length), 1);
          answers += response ? 1 : 0;
          return response;
        };

        const happens: Record<string, (which: number) => unknown> = {
          read: () => calls.push(watch(getIndex(connection, 'idx-1'))),
          create: () => calls.push(watch(createDirectory(connection, { name: 'reports' }))),
          leave: (which) => pick(going(), which)?.unsubscribe(),
          answer: (which) => take(which)?.end('{}'),
          'half an answer': (which) => pick(held, which)?.write(' '),
          refuse: (which) => answered(take(which), 503),
          throttle: (which) => answered(take(which), 429),
          'break off': (which) => take(which)?.destroy(),
          turns: (which) => turns(1 + (which % 10)),
          microtasks: () => Promise.resolve(),
        };
        for (const { what, which } of steps) {
          await happens[what]?.(which);
        }

        while (going().length > 0) {
          held.splice(0).forEach((response) => response.end('{}'));
          await turns(1);
        }
        for (const call of calls) {
          call.check();
        }
        await eventually(() => expect(line).toMatchObject({ queued: 0, active: 0 }), 5_000);
        expect(counts.most).toBeLessThanOrEqual(CONCURRENCY);
        expect(server.requests.length).toBeLessThanOrEqual(counts.sent);
        await lastValueFrom(close(connection, { graceMs: Infinity }));
        await server.until(() => server.sockets() === 0);
      },
    ),
    { numRuns: 100 },
  );
  // The runs are worth their while: much happens to calls that are under way.
  expect(answers).toBeGreaterThan(200);
});

/** Answers with a status, unless the answer has begun already: then it breaks off. */
function answered(response: ServerResponse | undefined, status: number): void {
  if (response?.headersSent) {
    response.destroy();
  } else if (response) {
    json(response, {}, status);
  }
}
