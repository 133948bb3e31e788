import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Where the package is. */
export const root: string = join(import.meta.dirname, '../..');

/** Builds `dist/` as it is published. */
export function buildPackage(): void {
  execFileSync('npm', ['run', 'build'], { cwd: root, stdio: 'ignore' });
}
