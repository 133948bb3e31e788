import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../src/faults/fault.ts';
import { createFaultRules } from '../../src/faults/faultRules.ts';
import { parseFault, parseFaultRules } from '../../src/faults/faultSchema.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';

const fault = { status: 503 };

describe('fault rules', () => {
  it.each([
    ['GET /a', 'GET', '/a', true],
    ['GET /a', 'POST', '/a', false],
    ['GET /a', 'GET', '/a/b', false],
    ['* /a', 'DELETE', '/a', true],
    ['GET /a/{id}/c', 'GET', '/a/b/c', true],
    ['GET /a/*/c', 'GET', '/a/b/c', true],
    ['GET /a/*', 'GET', '/a/b/c', false],
    ['GET /a/**', 'GET', '/a/b/c', true],
    ['* /**', 'GET', '/', true],
    ['POST /a/:search', 'POST', '/a/:search', true],
    ['POST /a/:search', 'POST', '/a/other', false],
    ['GET /a.b', 'GET', '/axb', false],
  ])('for %j and %s %s match: %j', (route, method, path, matches) => {
    const rules = createFaultRules([{ route, fault }]);
    expect(rules.take(method, path)).toEqual(matches ? fault : undefined);
  });

  it('meet as many requests as they say, in the order in which they were given', () => {
    const rules = createFaultRules();
    rules.next('GET /a', { status: 500 }, 2);
    rules.next('GET /a', { status: 501 });
    const taken = Array.from({ length: 4 }, () => rules.take('GET', '/a'));
    expect(taken).toEqual([{ status: 500 }, { status: 500 }, { status: 501 }, undefined]);
    expect(rules.met).toBe(3);
  });

  it('meet a share of the requests, the same ones each time, and leave the others to later rules', () => {
    const run = () => {
      const rules = createFaultRules([{ route: 'GET /a', fault, rate: 0.05 }]);
      rules.add({ route: '* /**', fault: { body: 'empty' }, times: 1 });
      return Array.from({ length: 10_000 }, () => rules.take('GET', '/a'));
    };
    const met = run().filter((taken) => taken === fault || (taken && 'status' in taken)).length;
    expect(met).toBeGreaterThan(400);
    expect(met).toBeLessThan(600);
    expect(run().filter((taken) => taken && 'body' in taken)).toHaveLength(1);
    expect(run()).toEqual(run());
  });

  it('are forgotten when they are cleared', () => {
    const rules = createFaultRules([{ route: 'GET /a', fault, times: Infinity }]);
    rules.clear();
    expect(rules.take('GET', '/a')).toBeUndefined();
  });

  it.each([
    ['{', /^faults\.json is no JSON: /],
    ['{}', /^faults\.json: expected a list of rules/],
    ['[{}]', /^faults\.json: rule 1\.route: expected/],
    ['[{"route":"/a","fault":{}}]', /^faults\.json: rule 1\.route: expected a method and a path/],
    [
      '[{"route":"GET /a","fault":{"status":503}},{"route":"GET /a","fault":{"colour":1}}]',
      /^faults\.json: rule 2\.fault: expected an object with one of reset, stall, /,
    ],
    ['[{"route":"GET /a","fault":{"status":"503"}}]', /rule 1\.fault\.status: expected number/],
    ['[{"route":"GET /a","fault":{"status":99}}]', /rule 1\.fault\.status: Too small/],
    ['[{"route":"GET /a","fault":{"reset":"soon"}}]', /fault\.reset: expected "before-headers"/],
    ['[{"route":"GET /a","fault":{"status":503,"body":"html"}}]', /"status"/],
    ['[{"route":"GET /a","fault":{"status":503},"rate":2}]', /rule 1\.rate: Too big/],
  ])('of the file %s are refused in one sentence', (text, sentence) => {
    expect(() => parseFaultRules(text, 'faults.json')).toThrow(sentence);
    expect(() => parseFaultRules(text, 'faults.json')).toThrow(/^[^\n]+$/);
  });

  it('are refused when they are made in code as well', () => {
    const rules = createFaultRules();
    expect(() => rules.next('/api', fault)).toThrow(TypeError);
    expect(() => rules.next('GET /api', fault, 0)).toThrow('rule.times');
    expect(() => parseFault(7)).toThrow('fault: expected an object');
  });

  it('may come from code, and a request may bring a fault of its own', async () => {
    const faults: FaultRule[] = [{ route: '* /**', fault, times: 1 }];
    await using cloud = await startLocalCloud({ faults });
    const ask = async (headers: Record<string, string> = {}) =>
      (
        await fetch(cloud.url, {
          headers: { authorization: `Bearer ${cloud.token}`, ...headers },
        })
      ).status;
    expect(await ask({ 'x-fault': '{"status":418}' })).toBe(418);
    expect(await ask()).toBe(503);
    expect(await ask({ 'x-fault': 'nonsense' })).toBe(400);
    expect(await ask({ 'x-fault': '{"status":1}' })).toBe(400);
  });
});

describe('npm run local -- --faults', () => {
  it('says in one sentence what is wrong with the file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'faults-test-'));
    const file = join(folder, 'faults.json');
    await writeFile(file, '[{"route":"GET /a","fault":{"status":"503"}}]');
    const main = new URL('../../src/main.ts', import.meta.url).pathname;
    const run = (path: string) =>
      spawnSync(process.execPath, [main, '--data', folder, '--faults', path], {
        encoding: 'utf8',
        timeout: 20_000,
      });
    expect(run(file)).toMatchObject({
      status: 2,
      stderr: `${file}: rule 1.fault.status: expected number, received string.\n`,
    });
    expect(run(join(folder, 'none.json')).stderr).toMatch(/^The faults file .*none\.json.*\.\n$/);
    await rm(folder, { recursive: true });
  });
});
