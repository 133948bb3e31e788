import { closeSync, openSync } from 'node:fs';
import { Observable, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createDirectory, getDirectory } from '../../src/sources/directories.ts';
import { json } from '../support/server.ts';
import { canary } from './support/canary.ts';
import { type FaultRun, runFault } from './support/faultRun.ts';

/** Tests of faults that break one rule each; what is left open is closed by `close`. */
const breaches: readonly {
  readonly rule: string;
  readonly complaint: RegExp;
  /** Milliseconds until it is found out, where that needs patience. */
  readonly patience?: number;
  readonly body: (run: FaultRun, later: (close: () => void) => void) => Promise<void> | void;
}[] = [
  {
    rule: 'a call that never ends',
    complaint: /an end, or an unsubscribe/,
    patience: 60,
    body: (run) => void run.watch(new Observable()),
  },
  {
    rule: 'a source that errors twice',
    complaint: /notifications after the end/,
    body(run) {
      const twice = run.watch(
        new Observable((subscriber) => {
          const fail = (message: string): void => subscriber.error(new Error(message));
          fail('once');
          fail('twice');
        }),
      );
      expect(twice.error).toHaveProperty('message', 'once');
    },
  },
  {
    rule: 'a timer that goes on',
    complaint: /open afterwards: a timer set at .*invariants\.test/,
    patience: 60,
    body(_, later) {
      const timer = setTimeout(() => undefined, 60_000);
      later(() => clearTimeout(timer));
    },
  },
  {
    rule: 'a file that stays open',
    complaint: /open afterwards: 1 descriptor of .*invariants\.test/,
    patience: 60,
    body(_, later) {
      const file = openSync(import.meta.filename, 'r');
      later(() => closeSync(file));
    },
  },
  {
    rule: 'a request that goes on after its test',
    complaint: /expected 'requests under way' to be 'idle'/,
    patience: 60,
    async body(run, later) {
      const server = await run.server(() => undefined);
      const going = getDirectory(run.connect(server), 'dir-1').subscribe({
        error: () => undefined,
      });
      later(() => going.unsubscribe());
      await server.until(() => server.requests.length === 1);
    },
  },
  {
    rule: 'a creation that is sent twice',
    complaint: /sent again/,
    async body(run) {
      const server = await run.server((_, response) => json(response, {}, 500));
      const retry = (): { waitMs: number; mayRepeat: true } | undefined =>
        server.requests.length < 2 ? { waitMs: 0, mayRepeat: true } : undefined;
      await run.errorOf(createDirectory(run.connect(server, { retry }), { name: 'x' }));
    },
  },
  {
    rule: 'requests that no connection has announced',
    complaint: /attempts that were announced/,
    async body(run) {
      const server = await run.server((_, response) => json(response, {}));
      await (await fetch(server.url, { headers: { connection: 'close' } })).text();
    },
  },
  {
    rule: 'a token in an error',
    complaint: /inspect\(\) of the error shows the token/,
    body(run) {
      run.watch(
        new Observable((subscriber) => subscriber.error(new Error('x', { cause: { canary } }))),
      );
    },
  },
  {
    rule: 'a token on stderr',
    complaint: /where the token shows: \(a test writes/,
    body: () => void process.stderr.write(`(a test writes ${canary})\n`),
  },
];

describe('what is checked of every fault', () => {
  it.each(breaches)('finds $rule', async ({ body, complaint, patience }) => {
    const closing: (() => void)[] = [];
    const checked = runFault(async (run) => {
      await body(run, (close) => closing.push(close));
    }, patience);
    await expect(checked).rejects.toThrow(complaint);
    closing.forEach((close) => close());
  });

  it('has nothing against a call that is well', async () => {
    await runFault(async (run) => {
      expect(await run.valuesOf(of(1))).toEqual([1]);
    });
  });
});
