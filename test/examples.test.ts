import { once } from 'node:events';
import { watch } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import {
  connect,
  listBatchJobs,
  listChatSessions,
  listDirectories,
  listIndexes,
} from 'rx-llamacloud';
import { startLocalCloud } from 'rx-llamacloud-local';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runExample, startExample } from './support/example.ts';
import { startServer, type TestServer } from './support/server.ts';

let folder: string;
/** A language model that never comes to an end, so that Ctrl-C is never too late. */
let talker: TestServer;

beforeAll(async () => {
  // Whatever this machine is set up for, answers are quoted where a test does not say otherwise.
  vi.stubEnv('OPENAI_BASE_URL', '');
  talker = await startServer((_, response) => {
    const chunk = { choices: [{ delta: { content: 'Because of the ' } }] };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await talker[Symbol.asyncDispose]();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documents-'));
});

afterEach(() => rm(folder, { recursive: true }));

/** The three kinds of things that the example makes, as a cloud has them. */
async function thingsIn({ url, token }: { url: string; token: string }): Promise<unknown[]> {
  const connection = connect({ baseUrl: url, token });
  return Promise.all([
    lastValueFrom(listDirectories(connection).pipe(toArray())),
    lastValueFrom(listIndexes(connection).pipe(toArray())),
    lastValueFrom(listChatSessions(connection).pipe(toArray())),
  ]);
}

/** The settings by which the example finds a cloud. */
function settings({ url, token }: { url: string; token: string }): Record<string, string> {
  return { LLAMA_CLOUD_BASE_URL: url, LLAMA_CLOUD_API_KEY: token };
}

describe('npm start', () => {
  it('takes the guides from the upload to an answer with its sources, in plain lines', async () => {
    const { status, stdout, stderr, leftovers } = await runExample();

    expect({ status, stderr, leftovers }).toEqual({ status: 0, stderr: '', leftovers: [] });
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
    expect(stdout).toMatch(/^The embedded cloud at http:\/\/127\.0\.0\.1:\d+\n/);
    expect(stdout).toMatch(/^upload +100 % (\d+) of \1 files, \d+ kB at [\d.]+ [kM]B\/s$/m);
    expect(stdout).toMatch(/^batch +100 % \d+ done, 0 failed, 0 skipped$/m);
    expect(stdout).toMatch(/^index +ready$/m);
    expect(stdout.match(/^by (words|meaning|both) +[\w-]+\.md, page 1: ./gm)).toHaveLength(3);
    expect(stdout).toMatch(
      /^A POST .* \[1\]\n[^]*^Sources:\n\[1\] errors-and-retries\.md, page 1/m,
    );
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^upload [\d.]+ s, batch [\d.]+ s, index [\d.]+ s, retrieve [\d.]+ s, answer [\d.]+ s$/,
    );
    const url = /http:\S+/.exec(stdout)?.[0] ?? '';
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('draws bars on a terminal, and fits every line to it', async () => {
    const { status, stdout } = await runExample({ columns: 80, env: { NO_COLOR: '1' } });

    expect(status).toBe(0);
    expect(stdout).not.toContain('\x1b');
    expect(stdout).toMatch(/\rupload +█{20} (\d+) of \1 files/);
    expect(stdout).toMatch(/\rbatch +█{20} \d+ done, 0 failed, 0 skipped *\n/);
    const lines = stdout.split(/[\r\n]+/);
    expect(lines.filter((line) => line.trimEnd().length >= 80)).toEqual([]);
    const ready = lines.filter((line) => /^index +ready/.test(line));
    expect(ready).toHaveLength(1);
  });

  it('names the files that it cannot use at the end, and goes on with the others', async () => {
    await mkdir(join(folder, 'more'));
    const tea = 'Green tea \x1b[31mis\x07 brewed at 80 degrees.\n';
    await writeFile(join(folder, 'more', 'tea.md'), tea);
    await writeFile(join(folder, 'broken.pdf'), '%PDF-1.7 broken');
    await writeFile(join(folder, '.hidden'), 'not for anybody');
    const gone = join(folder, 'gone.md');
    await symlink('nowhere', gone);

    const { status, stdout, stderr } = await runExample({
      args: [folder, 'How is green tea brewed?'],
    });

    expect(stderr).toBe(
      `Left out: "${gone}" cannot be read: ENOENT: no such file or directory, stat '${gone}'\n` +
        'Left out: broken.pdf could not be parsed: PDF error: invalid PDF format\n',
    );
    expect(stdout).toMatch(/^upload +100 % 2 of 3 files, 1 failed/m);
    expect(stdout).toMatch(/^batch +100 % 1 done, 1 failed, 0 skipped$/m);
    // What a document has for terminals is kept away from them.
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
    expect(stdout).toMatch(/^Green tea .*is brewed at 80 degrees\. \[1\]$/m);
    expect(stdout).toContain('[1] more/tea.md, page 1');
    expect(status).toBe(1);
  });

  it('says so when no file can be parsed', async () => {
    await writeFile(join(folder, 'broken.pdf'), '%PDF-1.7 broken');

    const { status, stderr, leftovers } = await runExample({ args: [folder] });

    expect({ status, leftovers }).toEqual({ status: 1, leftovers: [] });
    expect(stderr).toMatch(/^No file could be parsed\.\nLeft out: broken\.pdf .*\n$/);
  });

  it.each([
    ['a folder that is not there', 'nowhere', 'ENOENT: no such file or directory'],
    ['a symbolic link to nothing', 'link', 'ENOENT: no such file or directory'],
    ['a device', '/dev/null', 'it is not a folder'],
  ])('refuses %s in one sentence', async (_, name, reason) => {
    await symlink('nothing', join(folder, 'link'));
    const path = name.startsWith('/') ? name : join(folder, name);

    const { status, stdout, stderr } = await runExample({ args: [path] });

    expect(stderr).toContain(`"${path}" cannot be read: ${reason}`);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });

  it('refuses an empty folder in one sentence', async () => {
    const { status, stderr } = await runExample({ args: [folder] });

    expect({ status, stderr }).toEqual({ status: 1, stderr: `There are no files in ${folder}.\n` });
  });

  it('says in one sentence that no server answers', async () => {
    const { url } = await closedServer();

    const { status, stderr } = await runExample({ env: settings({ url, token: 'abc' }) });

    expect(stderr).toMatch(/^POST \S+: could not connect to 127\.0\.0\.1:\d+ \(ECONNREFUSED\)\n$/);
    expect(status).toBe(1);
  });

  it('ends quietly when nobody reads on', async () => {
    const example = await startExample();
    await example.shown('The embedded cloud');
    example.stopReading();

    const { status, leftovers } = await example.ended;

    expect({ status, leftovers }).toEqual({ status: 141, leftovers: [] });
  });
});

describe('npm start with a key', () => {
  it('does the same on that cloud, and removes all that it made', async () => {
    await using cloud = await startLocalCloud({ token: 'abc' });

    const { status, stdout, stderr } = await runExample({ env: settings(cloud) });

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(`LlamaCloud at ${cloud.url}\n`);
    expect(stdout).toContain('\nSources:\n[1] ');
    expect(await thingsIn(cloud)).toEqual([[], [], []]);
  });

  it('says in one sentence that the key is wrong', async () => {
    await using cloud = await startLocalCloud({ token: 'abc' });

    const { status, stderr } = await runExample({ env: settings({ ...cloud, token: 'wrong' }) });

    expect(stderr).toMatch(/^POST \S+ answered 401: .*check the API key.*\n$/);
    expect(status).toBe(1);
  });
});

describe('Ctrl-C', () => {
  const model = (): Record<string, string> => ({ OPENAI_BASE_URL: talker.url, OPENAI_MODEL: 'm' });

  it('during the start of the embedded cloud leaves nothing running', async () => {
    const example = await startExample();
    // The cloud's folder is the first thing that it makes.
    const watcher = watch(example.temporary);
    await once(watcher, 'change');
    watcher.close();
    example.kill('SIGINT');

    const { status, stdout, leftovers } = await example.ended;

    expect({ status, leftovers }).toEqual({ status: 130, leftovers: [] });
    expect(stdout).not.toContain('upload');
  });

  it.each(['upload', 'batch', 'index', 'Because of'])(
    'at "%s" ends everything, also when it comes twice',
    async (stage) => {
      const example = await startExample({ columns: 80, env: model() });
      await example.shown(stage);
      example.kill('SIGINT');
      example.kill('SIGINT');

      const { status, stdout, leftovers } = await example.ended;

      expect({ status, leftovers }).toEqual({ status: 130, leftovers: [] });
      expect(stdout).not.toContain('retrieve');
      const url = /http:\S+/.exec(stdout)?.[0] ?? '';
      await expect(fetch(url)).rejects.toThrow('fetch failed');
    },
  );

  it.each(['upload', 'index', 'Because of'])(
    'at "%s" removes what was made on LlamaCloud',
    async (stage) => {
      vi.stubEnv('OPENAI_BASE_URL', talker.url);
      vi.stubEnv('OPENAI_MODEL', 'm');
      await using cloud = await startLocalCloud({ token: 'abc' });
      vi.stubEnv('OPENAI_BASE_URL', '');
      const example = await startExample({ env: settings(cloud), columns: 80 });
      await example.shown(stage);
      example.kill('SIGINT');

      const { status, stderr } = await example.ended;

      expect({ status, stderr }).toEqual({ status: 130, stderr: '' });
      expect(await thingsIn(cloud)).toEqual([[], [], []]);
      const connection = connect({ baseUrl: cloud.url, token: cloud.token });
      const jobs = await lastValueFrom(listBatchJobs(connection).pipe(toArray()));
      expect(jobs.map((job) => job.status)).not.toContain('running');
    },
  );
});

/** The address of a server that has gone. */
async function closedServer(): Promise<{ url: string }> {
  await using server = await startServer(() => undefined);
  return { url: server.url };
}
