/**
 * Time and memory of a walk over a million files, all in one folder and spread over a thousand.
 *
 *     node --conditions=@rx-llamacloud/source --expose-gc bench/walkFolder.ts [files]
 */

import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { walkFolder } from 'rx-llamacloud';

const files = Number(process.argv[2] ?? 1_000_000);

/** Makes the files, so many in each folder, measures a walk over them and removes them. */
async function measure(perFolder: number): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'bench-walk-'));
  try {
    for (let n = 0; n < files; n += 1) {
      const folder = join(root, `folder-${Math.floor(n / perFolder)}`);
      if (n % perFolder === 0) {
        mkdirSync(folder);
      }
      closeSync(openSync(join(folder, `report-${(n * 7919) % files}-${n}.pdf`), 'w'));
    }
    globalThis.gc?.();
    const base = process.memoryUsage().heapUsed;
    const begun = performance.now();
    let seen = 0;
    let most = 0;
    for await (const { type } of walkFolder(root)) {
      seen += type === 'file' ? 1 : 0;
      if (seen % (files / 50) === 0) {
        globalThis.gc?.();
        most = Math.max(most, process.memoryUsage().heapUsed - base);
      }
    }
    const seconds = (performance.now() - begun) / 1000;
    console.log(
      `${seen} files, ${perFolder} a folder: ${seconds.toFixed(1)} s, ` +
        `heap at most ${(most / 2 ** 20).toFixed(1)} MB above`,
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

await measure(files);
await measure(Math.ceil(files / 1_000));
