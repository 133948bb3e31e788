import { last, lastValueFrom, map, switchMap, toArray } from 'rxjs';
import { type LocalCloud, startLocalCloud } from 'rx-llamacloud-local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budget, xlsx } from '../../local/test/support/workbooks.ts';
import { connect, type Connection } from '../../src/http/connection.ts';
import { throwIfFailed } from '../../src/operators/throwIfFailed.ts';
import { regionRows } from '../../src/parquet/regionRows.ts';
import { createDirectory } from '../../src/sources/directories.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { createSheetsJob, watchSheetsJob } from '../../src/sources/sheets.ts';
import type { SheetsJob } from '../../src/types/sheets.ts';

let cloud: LocalCloud;
let connection: Connection;

beforeAll(async () => {
  cloud = await startLocalCloud();
  connection = connect({ baseUrl: cloud.url, token: cloud.token });
});

afterAll(() => cloud.close());

/** What became of a spreadsheet. */
async function takenApart(name: string, content: Uint8Array<ArrayBuffer>): Promise<SheetsJob> {
  const job = createDirectory(connection, { name }).pipe(
    switchMap(({ id }) =>
      uploadDirectoryFile(connection, id, { upload_file: new File([content], name) }),
    ),
    last(),
    switchMap((event) =>
      event.type === 'uploaded'
        ? createSheetsJob(connection, { file_id: event.file.file_id ?? '' })
        : [],
    ),
    switchMap(({ id }) => watchSheetsJob(connection, id, { interval: { min: 20, max: 20 } })),
    throwIfFailed(),
    last(),
  );
  return lastValueFrom(job);
}

describe('regionRows of the embedded cloud', () => {
  it('gives the rows of a table in a workbook', async () => {
    const { id, regions = [] } = await takenApart('budget.xlsx', await xlsx(budget));
    const quarter = regions.find(({ location }) => location === 'H8:J11');
    const rows = regionRows(connection, id, quarter?.region_id ?? '', 'table');
    expect(await lastValueFrom(rows.pipe(toArray()))).toEqual([
      { Line: 'Revenue', January: 100_059.5, February: 84_851n },
      { Line: 'Net Income', January: 29_835, February: 19_150n },
    ]);
  });

  it('gives the facts about the cells of a region', async () => {
    const { id, regions = [] } = await takenApart('facts.xlsx', await xlsx(budget));
    const coordinates = regionRows<{ coordinate: string; row_number: number }>(
      connection,
      id,
      regions[0]?.region_id ?? '',
      'cell_metadata',
      { columns: ['coordinate', 'row_number'] },
    );
    const [first] = await lastValueFrom(coordinates.pipe(toArray()));
    expect(Object.keys(first ?? {})).toEqual(['coordinate', 'row_number']);
    expect(first?.coordinate).toMatch(/^[A-Z]\d+$/);
  });

  it('goes on with a new link when the first has expired on the way', async () => {
    const lines = Array.from({ length: 120_000 }, (_, n) => `${n},${(n * 0.754_877_666) % 1}`);
    const content = new TextEncoder().encode(['id,noise', ...lines].join('\n'));
    const { id, regions = [] } = await takenApart('noise.csv', content);
    const rows = regionRows<{ id: bigint }>(
      connection,
      id,
      regions[0]?.region_id ?? '',
      'table',
      {},
      { expires_at_seconds: 60 },
    );

    let next = 0n;
    for await (const row of rows) {
      if (row.id !== next) {
        expect(row.id).toBe(next);
      }
      if (row.id === 10_000n) {
        cloud.clock.advance(61_000);
      }
      next += 1n;
    }
    expect(next).toBe(120_000n);
  });

  it('errors where there is no such region', async () => {
    const { id } = await takenApart('again.xlsx', await xlsx(budget));
    const missing = regionRows(connection, id, 'rgn-none', 'table').pipe(map(() => 'a row'));
    await expect(lastValueFrom(missing)).rejects.toMatchObject({ name: 'HttpError', status: 404 });
  });
});
