import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is gone with the process. A worker is ended by a signal, which would leave it otherwise. */
export function tempFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'rx-llamacloud-bench-'));
  process.on('exit', () => rmSync(path, { recursive: true, force: true }));
  process.on('SIGTERM', () => process.exit());
  return path;
}
