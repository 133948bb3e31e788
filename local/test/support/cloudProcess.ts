import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Endpoint } from './cloud.ts';

/** The embedded cloud as a program of its own. `await using` kills it where a test ends early. */
export interface CloudProcess extends Endpoint, AsyncDisposable {
  /** Sends the signal and resolves to the exit code, `null` when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts the program on a folder and a free port; resolves once it has printed its line. It can be
 * kept from writing files larger than `largestFile`, in blocks of 512 bytes or of 1 KiB, as the
 * shell has it.
 */
export async function startCloudProcess(
  dataDir: string,
  largestFile: number | 'unlimited' = 'unlimited',
): Promise<CloudProcess> {
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  const program = [process.execPath, main, '--port', '0', '--data', dataDir];
  const limited = ['-c', 'ulimit -f "$0" && exec "$@"', String(largestFile), ...program];
  const child = spawn('sh', limited, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /^LLAMA_CLOUD_BASE_URL=(\S+) LLAMA_CLOUD_API_KEY=(\S+)$/.exec(line);
    const [, url = '', token = ''] = found ?? [];
    const end = async (signal: NodeJS.Signals) => {
      child.kill(signal);
      await exited;
      return child.exitCode;
    };
    return {
      url,
      token,
      end,
      async [Symbol.asyncDispose]() {
        await end('SIGKILL');
      },
    };
  }
  throw new Error('The cloud ended without printing its address');
}
