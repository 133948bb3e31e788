import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** How an example ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it has left in the folder for temporary files. */
  readonly leftovers: readonly string[];
}

/** A running example. */
export interface RunningExample {
  /** Its folder for temporary files, empty at first. */
  readonly temporary: string;
  /** Resolves to its output once that has `text`; rejects when it ends without. */
  shown(text: string): Promise<string>;
  /** Sends a signal. */
  kill(signal: NodeJS.Signals): void;
  /** Closes the reading end of its output. */
  stopReading(): void;
  /** Resolves once it and every process that it has started have ended. */
  readonly ended: Promise<Ended>;
}

/** What {@link startExample} accepts. */
export interface ExampleConfig {
  /** Which one: the name of its file. @defaultValue `'start'` */
  readonly name?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Columns of the terminal that it believes to write to. @defaultValue no terminal */
  readonly columns?: number;
}

/** Runs an example as `npm start` does, with none of this process's settings. */
export async function startExample(config: ExampleConfig = {}): Promise<RunningExample> {
  const { name = 'start', args = [], env = {}, columns } = config;
  const temporary = await realpath(await mkdtemp(join(tmpdir(), 'example-')));
  const terminal = `process.stdout.isTTY = true; process.stdout.columns = ${columns ?? 0};`;
  const child = spawn(
    process.execPath,
    [
      '--conditions=@rx-llamacloud/source',
      ...(columns ? ['--import', `data:text/javascript,${terminal}`] : []),
      `examples/${name}.ts`,
      ...args,
    ],
    {
      cwd: root,
      env: { PATH: process.env.PATH, TMPDIR: temporary, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));

  const end = async (): Promise<Ended> => {
    // Parsers write to the same stderr, so it closes with the last of them.
    const [status] = (await once(child, 'close')) as [number | null];
    const leftovers = await readdir(temporary);
    await rm(temporary, { recursive: true });
    return { status, stdout, stderr, leftovers };
  };
  return {
    temporary,
    shown: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (stdout.includes(text)) {
            resolve(stdout);
          }
        };
        look();
        child.stdout.on('data', look);
        child.once('close', () =>
          reject(new Error(`Ended without "${text}":\n${stdout}${stderr}`)),
        );
      }),
    kill: (signal) => void child.kill(signal),
    stopReading: () => void child.stdout.destroy(),
    ended: end(),
  };
}

/** Runs the example to its end. */
export async function runExample(config: ExampleConfig = {}): Promise<Ended> {
  return (await startExample(config)).ended;
}
