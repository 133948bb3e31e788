import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Linux counts in pages, of this size wherever Node runs there in practice. */
const pageBytes = 4_096;

/**
 * The resident memory of a process, in bytes: what the engine, the libraries and the parsed document
 * take together. 0 where it cannot be told: the process is gone, or the system does not say.
 */
export async function memoryOf(pid: number): Promise<number> {
  try {
    if (process.platform === 'linux') {
      const [, resident] = (await readFile(`/proc/${pid}/statm`, 'latin1')).split(' ');
      return Number(resident) * pageBytes;
    }
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
    return Number(stdout) * 1_024;
  } catch {
    return 0;
  }
}
