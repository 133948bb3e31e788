import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLocalCloud } from '../src/startLocalCloud.ts';
import { send } from './support/cloud.ts';
import { startCloudProcess } from './support/cloudProcess.ts';

const main = new URL('../src/main.ts', import.meta.url).pathname;

const run = (...args: string[]) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', timeout: 20_000 });

describe('npm run local', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'main-test-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('prints its address and key, answers, and ends cleanly on SIGTERM and SIGINT', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      await using cloud = await startCloudProcess(dataDir);
      expect((await send(cloud, 'GET /api/v1/indexes')).status).toBe(200);
      expect(await cloud.end(signal)).toBe(0);
    }
  });

  it('keeps its key with the folder', async () => {
    await using first = await startCloudProcess(dataDir);
    await first.end('SIGTERM');
    await using second = await startCloudProcess(dataDir);
    await second.end('SIGTERM');
    expect(second.token).toBe(first.token);
    expect(first.token).toMatch(/^llx-.{20,}/);
  });

  it('says in one sentence that the port is taken', async () => {
    await using cloud = await startLocalCloud();
    const { status, stdout, stderr } = run('--port', String(cloud.port), '--data', dataDir);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^The port is taken .*--port\.\n$/);
  });

  it('says in one sentence that the folder is in use', async () => {
    await using cloud = await startLocalCloud({ dataDir });
    const { status, stderr } = run('--port', '0', '--data', dataDir);
    expect({ status, url: cloud.url !== '' }).toEqual({ status: 1, url: true });
    const holder = `process ${process.pid}, since \\S+Z`;
    expect(stderr).toMatch(
      new RegExp(`^The folder ${dataDir} is in use by another cloud \\(${holder}\\); close .*\n$`),
    );
  });

  it('says in one sentence that the folder is none', async () => {
    const file = join(dataDir, 'file');
    await writeFile(file, '');
    const { status, stderr } = run('--port', '0', '--data', file);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^The data folder or the port cannot be used .*\n$/);
  });

  it.each([[''], [' '], ['a b'], ['llx-\n1'], ['schlüssel']])('refuses %j as its key', (token) => {
    const { status, stdout, stderr } = run('--port', '0', '--data', dataDir, '--token', token);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^The API key must be .*\n$/);
  });

  it('tells its version', async () => {
    const { stdout, status } = run('--version');
    const file = await readFile(new URL('../package.json', import.meta.url), 'utf8');
    const { version } = JSON.parse(file) as { readonly version: string };
    expect({ stdout, status }).toEqual({ stdout: `${version}\n`, status: 0 });
  });

  it.each([
    [['--port', 'http'], '--port takes a number from 0 to 65535, not "http"'],
    [['--colour'], "Unknown option '--colour'"],
    [['--token'], '--token'],
  ])('refuses %j', (args, message) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
