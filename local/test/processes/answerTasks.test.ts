import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const programs = ['documents/parserProcess.ts', 'sheets/sheetsProcess.ts', 'split/splitProcess.ts'];

describe('a process that answers tasks', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'answer-tasks-'));
    await writeFile(join(folder, 'page.html'), '<p>a</p>'.repeat(20_000));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const start = (program: string) =>
    fork(new URL(`../../src/${program}`, import.meta.url), {
      env: {},
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });

  it.each(programs)('%s ends in silence when nobody waits for its answer', async (program) => {
    const child = start(program);
    const exited = once(child, 'exit');
    const path = join(folder, 'page.html');
    child.send({ path, name: 'page.html', categories: [], config: {}, folder });
    // What is left of the connection when the process at its other end is killed.
    child.disconnect();

    const said = child.stderr === null ? 'no stream' : await text(child.stderr);
    await exited;

    expect(said).toBe('');
    expect(child.exitCode).toBe(0);
  });

  it('answers one task after the other, and says why one has failed', async () => {
    const child = start('documents/parserProcess.ts');
    const ask = async (name: string): Promise<unknown> => {
      child.send({ path: join(folder, name), name });
      const [answer] = (await once(child, 'message')) as unknown[];
      return answer;
    };

    expect(await ask('page.html')).toMatchObject({ result: { pages: [{ number: 1 }] } });
    await writeFile(join(folder, 'empty.txt'), '');
    expect(await ask('empty.txt')).toEqual({
      failure: 'empty.txt is empty: there is nothing to parse.',
      isExpected: true,
    });
    expect(await ask('missing.txt')).toMatchObject({
      failure: expect.stringContaining('ENOENT') as unknown,
      isExpected: false,
    });

    child.disconnect();
    await once(child, 'exit');
  });
});
