import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Where the package is. */
export const root: string = join(import.meta.dirname, '../..');

/** Builds `dist/` as it is published. */
export function buildPackage(): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root });
}
