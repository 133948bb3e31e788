import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { checksOf } from '../bench/soak/checks.ts';
import { Ledger } from '../bench/soak/ledger.ts';
import { demand } from '../bench/soak/part.ts';
import type { SoakResult } from '../bench/soak/runSoak.ts';
import { Tally } from '../bench/soak/tally.ts';
import { HttpError, NetworkError } from '../src/errors.ts';

const program = join(import.meta.dirname, '../bench/soak.ts');

describe('the soak', () => {
  it('does all operations while requests fail, and finds nothing lost, doubled or left open', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--conditions=@rx-llamacloud/source',
      program,
      '1',
    ]);
    expect(stdout.split('\n').filter((line) => /^(ok|FAILED)/.test(line))).toEqual([
      expect.stringMatching(/^ok +49 of 49 operations have succeeded$/),
      expect.stringMatching(/^ok +every answer was right/),
      expect.stringMatching(/^ok +nothing lost and nothing doubled: [1-9]/),
      expect.stringMatching(/^ok +no creation was sent again/),
      expect.stringMatching(/^ok +[1-9]\d* requests reached the cloud/),
      expect.stringMatching(/^ok +the heap stays flat/),
      expect.stringMatching(/^ok +the memory of the process stays flat/),
      expect.stringMatching(/^ok +no socket, timer, file or request is left open$/),
    ]);
    expect(stdout).toMatch(/[1-9]\d* met a fault/);
  }, 90_000);
});

describe('the ledger of the soak', () => {
  it('complains of what is lost, doubled, or there although it was removed', async () => {
    const ledger = new Ledger();
    await ledger.make('record', 'a', of(1));
    await ledger.make('record', 'b', of(1));
    await ledger.make('record', 'c', of(1));
    await ledger.remove('record', ['c'], of(undefined));

    expect(ledger.complaints('record', ['a', 'b'])).toEqual([]);
    expect(ledger.complaints('record', ['b'])).toEqual(['lost: record a']);
    expect(ledger.complaints('record', ['a', 'b', 'b'])).toEqual(['there 2 times: record b']);
    expect(ledger.complaints('record', ['a', 'b', 'c'])).toEqual([
      'there, although removed or made twice: record c',
    ]);
  });

  it('lets what was made or removed with an unknown outcome be there or not, but once', async () => {
    const ledger = new Ledger();
    const lost = throwError(() => new Error('lost'));
    await expect(ledger.make('record', 'a', lost)).rejects.toThrow('lost');
    await ledger.make('record', 'b', of(1));
    await expect(ledger.remove('record', ['b'], lost)).rejects.toThrow('lost');

    expect(ledger.complaints('record', [])).toEqual([]);
    expect(ledger.complaints('record', ['a', 'b'])).toEqual([]);
    expect(ledger.complaints('record', ['a', 'a'])).toEqual(['there 2 times: record a']);
  });

  it('allows as many strangers as creations without a mark were lost', async () => {
    const ledger = new Ledger();
    const lost = throwError(() => new Error('lost'));
    await ledger.makeUnmarked('job', of('job-1'), (id) => id);
    await expect(ledger.makeUnmarked('job', lost, String)).rejects.toThrow('lost');

    expect(ledger.complaints('job', ['job-1', 'job-2'])).toEqual([]);
    expect(ledger.complaints('job', ['job-1', 'job-2', 'job-3'])).toHaveLength(1);
  });
});

describe('the checks of the soak', () => {
  /** A soak of one operation in which all was well. */
  function wellDone(): SoakResult {
    const tally = new Tally();
    tally.count('getIndex');
    return {
      tally,
      ledger: new Ledger(),
      operations: ['getIndex'],
      seen: { requests: 1, faults: 0, repeated: [], rss: 1 },
      before: { requests: 1, faults: 0, repeated: [], rss: 1 },
      took: 1_000,
      heap: [10e6, 20e6, 20e6, 20e6],
      rss: [50e6, 100e6, 100e6, 100e6],
      complaints: [],
      leftOpen: [],
    };
  }
  const failed = (result: SoakResult): string[] =>
    checksOf(result)
      .filter(({ wrong }) => wrong.length > 0)
      .map(({ what }) => what);

  it('hold when all was well', () => {
    expect(failed(wellDone())).toEqual([]);
  });

  it.each<[string, Partial<SoakResult>, RegExp]>([
    ['an operation never succeeded', { operations: ['getIndex', 'x'] }, /^1 of 2 operations/],
    ['something is lost', { complaints: ['lost: record a'] }, /^nothing lost/],
    [
      'a creation came twice',
      { seen: { requests: 1, faults: 0, repeated: ['POST'], rss: 1 } },
      /again/,
    ],
    [
      'a request was not announced',
      { seen: { requests: 2, faults: 0, repeated: [], rss: 1 } },
      /^1 requests reached the cloud, of 0/,
    ],
    ['the heap has grown', { heap: [10e6, 20e6, 30e6, 40e6] }, /^the heap/],
    ['the process has grown', { rss: [50e6, 100e6, 150e6, 200e6] }, /^the memory/],
    ['memory was never looked at', { heap: [NaN, NaN, NaN, NaN] }, /^the heap/],
    ['a socket is open', { leftOpen: ['1 TCPSocketWrap'] }, /left open$/],
  ])('fail when %s', (_, breach, check) => {
    expect(failed({ ...wellDone(), ...breach })).toEqual([expect.stringMatching(check)]);
  });

  it('tell errors that faults explain from those that they do not', () => {
    const { tally } = wellDone();
    const ofStatus = (status: number): HttpError =>
      new HttpError('answered', { status, body: undefined, detail: [] });
    const reset = { kind: 'closed', ambiguous: true } as const;
    tally.fail('a', ofStatus(503));
    tally.fail('b', new NetworkError('reset', reset));
    expect(tally.surprises).toEqual([]);

    tally.fail('c', ofStatus(404));
    tally.fail('d', new NetworkError('refused', { ...reset, kind: 'connect' }));
    expect(() => demand(false, 'one is missing')).toThrow('one is missing');
    tally.fail('e', new TypeError('x is not a function'));
    expect(tally.surprises).toEqual(['c: answered', 'd: refused', 'e: x is not a function']);
    expect(tally.errors.get('NetworkError closed, ambiguous')).toBe(1);
  });
});
