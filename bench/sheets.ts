/**
 * How long a large spreadsheet takes, and how much memory: 100,000 rows of 10 columns, taken apart
 * into a table and the facts about its million cells.
 *
 * `node bench/sheets.ts` prints a line for each of two files: one as exports are, where some columns
 * have a number format, and one where every cell is formatted. The memory is the peak of the process
 * that does the work, as the embedded cloud starts it.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeApart } from '../local/src/sheets/takeApart.ts';
import { sheetsProcessFlags } from '../local/src/sheets/takeApartInProcess.ts';
import { orderBook } from '../local/test/support/orderBook.ts';

const rows = 100_000;

/** Takes the file apart in a process like the cloud's own, which prints what it took. */
async function measure(folder: string, name: string, content: Uint8Array): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, content);
  const { size } = await stat(path);
  process.stdout.write(`${name} (${(size / 1e6).toFixed(1)} MB): `);
  const child = fork(import.meta.filename, [path, folder], {
    execArgv: [...sheetsProcessFlags],
  });
  await once(child, 'exit');
}

const [path, folder] = process.argv.slice(2);
if (path !== undefined && folder !== undefined) {
  const start = performance.now();
  const { regions } = await takeApart({ path, name: path, config: {}, folder });
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage();
  const megabytes = process.resourceUsage().maxRSS / 1_024;
  const places = regions.map(({ location }) => location).join(', ');
  process.stdout.write(
    `${places} in ${seconds.toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} s of processor time), ` +
      `peak RSS ${megabytes.toFixed(0)} MB\n`,
  );
} else {
  const results = await mkdtemp(join(tmpdir(), 'bench-sheets-'));
  await measure(results, 'orders.xlsx', await orderBook(rows));
  await measure(
    results,
    'formatted.xlsx',
    await orderBook(rows, { font: { name: 'Arial', size: 10 } }),
  );
  await rm(results, { recursive: true });
}
