import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DocumentError } from '../../src/documents/documentError.ts';
import { createParserPool, type ParserPool } from '../../src/documents/parserPool.ts';

let folder: string;
let pool: ParserPool;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parser-pool-'));
});

afterEach(() => pool.close());

afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** A web page that keeps its reader busy for many seconds. */
function slowPage(): Promise<string> {
  return write('slow.html', '<p>a</p>'.repeat(2_000_000));
}

/** The processes that this one has started to parse with. */
function parserProcesses(): number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s.*parserProcess/.exec(line))
    .filter((match) => match?.[2] === String(process.pid))
    .map((match) => Number(match?.[1]));
}

describe('createParserPool', () => {
  it('parses more documents than it has processes', async () => {
    pool = createParserPool({ processes: 2 });
    const path = await write('note.txt', 'Hello.');

    const documents = await Promise.all(
      Array.from({ length: 5 }, (_, index) => pool.parse(path, `note${index}.txt`)),
    );

    expect(documents.map((document) => document.pages[0]?.text)).toEqual(Array(5).fill('Hello.'));
  });

  it('passes the reason on when a document cannot be read', async () => {
    pool = createParserPool({ processes: 1 });
    const path = await write('bad.docx', zipSync({}));

    const failure = pool.parse(path, 'bad.docx');

    await expect(failure).rejects.toThrow(DocumentError);
    await expect(failure).rejects.toThrow(/^bad\.docx/);
  });

  it('gives up a document that takes too long and goes on with the next', async () => {
    pool = createParserPool({ processes: 1, timeoutMs: 2_000 });
    const slow = pool.parse(await slowPage(), 'slow.html');
    const next = pool.parse(await write('next.txt', 'Next.'), 'next.txt');

    await expect(slow).rejects.toThrow('slow.html was not done within 2 s');
    await expect(next).resolves.toMatchObject({ pages: [{ text: 'Next.' }] });
  });

  it('survives the death of a process, for every document but the one it parsed', async () => {
    pool = createParserPool({ processes: 1 });
    const fatal = pool.parse(await slowPage(), 'fatal.html');
    const next = pool.parse(await write('next.txt', 'Next.'), 'next.txt');
    const deadly = expect(fatal).rejects.toThrow(/^fatal\.html brought its reader down/);
    await vi.waitUntil(() => parserProcesses().length === 1);

    process.kill(parserProcesses()[0] ?? Number.NaN, 'SIGKILL');

    await deadly;
    await expect(next).resolves.toMatchObject({ pages: [{ text: 'Next.' }] });
  });

  it('gives up a document whose reader takes more memory than it may', async () => {
    pool = createParserPool({ processes: 1, memory: 40 * 1024 ** 2 });

    const large = pool.parse(await write('large.txt', 'large'), 'large.txt');

    await expect(large).rejects.toThrow(
      'large.txt is too large for the memory: reading it took more than 40 MiB. Split it up.',
    );
  });

  it('starts anew after a document that leaves a large process behind', async () => {
    pool = createParserPool({ processes: 1, memory: 800 * 1024 ** 2 });
    await pool.parse(await write('a.txt', 'a'), 'a.txt');
    const [small] = parserProcesses();
    await pool.parse(await write('b.txt', 'b'), 'b.txt');
    expect(parserProcesses()).toEqual([small]);

    await pool.parse(await write('large.html', '<p>large</p>'.repeat(100_000)), 'large.html');

    await vi.waitUntil(() => !parserProcesses().includes(small ?? 0));
  });

  it('ends its processes when closed', async () => {
    pool = createParserPool({ processes: 1 });
    await pool.parse(await write('a.txt', 'a'), 'a.txt');
    expect(parserProcesses()).toHaveLength(1);

    await pool.close();

    expect(parserProcesses()).toEqual([]);
  });

  it('is closed also in a program that waits for nothing else', async () => {
    const module = new URL('../../src/documents/parserPool.ts', import.meta.url).href;
    const program = `
      import { createParserPool } from '${module}';
      const pool = createParserPool({ processes: 1 });
      await pool.parse('${await write('a.txt', 'a')}', 'a.txt');
      await pool.close();`;
    pool = createParserPool();

    const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);

    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('stops what is aborted, waiting or running', async () => {
    pool = createParserPool({ processes: 1 });
    const path = await slowPage();
    const running = new AbortController();
    const waiting = new AbortController();
    const first = pool.parse(path, 'first.html', running.signal);
    const second = pool.parse(path, 'second.html', waiting.signal);

    waiting.abort(new Error('not needed'));
    await expect(second).rejects.toThrow('not needed');
    running.abort(new Error('cancelled'));
    await expect(first).rejects.toThrow('cancelled');
    await expect(pool.parse(await write('a.txt', 'a'), 'a.txt')).resolves.toBeDefined();
  });

  it('rejects everything once closed', async () => {
    pool = createParserPool({ processes: 1 });
    const path = await slowPage();
    const documents = [pool.parse(path, 'one.html'), pool.parse(path, 'two.html')];
    const outcomes = Promise.allSettled(documents);

    await pool.close();

    expect((await outcomes).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    await expect(pool.parse(path, 'three.html')).rejects.toMatchObject({ name: 'AbortError' });
  });
});
