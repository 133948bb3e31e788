import { access, constants, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The path itself when it is a file; else the files of the folder and of those in it, in order. As with `ls`,
 * hidden ones are passed over. Throws one sentence when the path cannot be read.
 */
export async function* filesIn(path: string): AsyncGenerator<string> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) {
      yield* filesBelow(path);
    } else if (found.isFile()) {
      await access(path, constants.R_OK);
      yield path;
    } else {
      throw new Error('it is neither a file nor a folder');
    }
  } catch (error) {
    throw new Error(`Cannot read ${path}: ${reason(error)}.`, { cause: error });
  }
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  const visible = entries.filter(({ name }) => !name.startsWith('.'));
  for (const entry of visible.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      try {
        yield* filesBelow(path);
      } catch {
        // It goes the way of a file that cannot be read: its upload fails and names it.
        yield path;
      }
    } else {
      yield path;
    }
  }
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file or folder';
    case 'EACCES':
      return 'permission is denied';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
