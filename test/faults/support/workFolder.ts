import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of a test's own. */
export interface WorkFolder extends AsyncDisposable {
  readonly path: string;
  /** Writes a file below it and gives its path. */
  write(name: string, content: string | Uint8Array): Promise<string>;
}

/** Makes one that every user of the system may look into; it is removed when it is disposed of. */
export async function workFolder(): Promise<WorkFolder> {
  const path = await mkdtemp(join(tmpdir(), 'rx-llamacloud-'));
  await chmod(path, 0o755);
  return {
    path,
    async write(name, content) {
      const file = join(path, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      return file;
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
