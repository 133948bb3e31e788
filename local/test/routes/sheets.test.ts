import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Directory } from '../../../src/types/directories.ts';
import type { Page } from '../../../src/types/page.ts';
import type { PresignedUrl } from '../../../src/types/presignedUrl.ts';
import type { SheetsConfig, SheetsJob } from '../../../src/types/sheets.ts';
import { type LocalCloud, startLocalCloud } from '../../src/startLocalCloud.ts';
import { createDirectory, send, until, upload } from '../support/cloud.ts';
import { budget, plain, readParquet, xlsx } from '../support/workbooks.ts';

const jobs = '/api/v1/beta/sheets/jobs';

let cloud: LocalCloud;
let directory: Directory;
let budgetFile: string;

beforeAll(async () => {
  cloud = await startLocalCloud();
  directory = await createDirectory(cloud, 'sheets');
  budgetFile = await store('budget.xlsx', await xlsx(budget));
});

afterAll(() => cloud.close());

async function store(name: string, content: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const { file_id } = await upload(cloud, directory, name, content);
  return file_id ?? '';
}

async function create(fileId: string, config?: SheetsConfig): Promise<SheetsJob> {
  const { status, body } = await send(cloud, `POST ${jobs}`, { file_id: fileId, config });
  expect(status).toBe(200);
  return body as SheetsJob;
}

async function get(id: string, query = ''): Promise<SheetsJob> {
  return (await send(cloud, `GET ${jobs}/${id}${query}`)).body as SheetsJob;
}

async function ended(fileId: string, config?: SheetsConfig): Promise<SheetsJob> {
  const { id } = await create(fileId, config);
  return until(
    () => get(id),
    ({ status }) => status !== 'PENDING',
  );
}

async function list(query: string): Promise<Page<SheetsJob>> {
  return (await send(cloud, `GET ${jobs}${query}`)).body as Page<SheetsJob>;
}

/** A sheet that keeps its reader busy for a while. */
function large(): string {
  return Array.from({ length: 20_000 }, (_, row) => `${row},a,b,c,d,e`).join('\n');
}

describe('a sheets job', () => {
  it('is pending at first, with its defaults filled in, and ends with regions', async () => {
    const job = await create(budgetFile, { table_merge_sensitivity: 'weak' });

    expect(job).toMatchObject({
      file_id: budgetFile,
      file: { id: budgetFile, name: 'budget.xlsx', file_type: 'xlsx' },
      status: 'PENDING',
      success: null,
      regions: [],
      worksheet_metadata: [],
      errors: [],
      config: {
        sheet_names: null,
        include_hidden_cells: true,
        generate_additional_metadata: true,
        use_experimental_processing: false,
        flatten_hierarchical_tables: false,
        table_merge_sensitivity: 'weak',
      },
    });
    const done = await until(
      () => get(job.id),
      ({ status }) => status !== 'PENDING',
    );
    expect(done).toMatchObject({ status: 'SUCCESS', success: true, errors: [] });
    expect(done.regions?.map(({ location }) => location)).toEqual([
      'A1:D1',
      'A3:D6',
      'A8:D10',
      'H8:J11',
      'A12:D14',
    ]);
    expect(done.worksheet_metadata).toMatchObject([{ sheet_name: 'Budget', title: '2026 Budget' }]);
    expect(await get(job.id, '?include_results=false')).toMatchObject({
      status: 'SUCCESS',
      regions: [],
      worksheet_metadata: [],
    });
  });

  it('succeeds in part when one of its sheets is missing', async () => {
    const job = await ended(budgetFile, { sheet_names: ['Budget', 'Plan'] });

    expect(job).toMatchObject({ status: 'PARTIAL_SUCCESS', success: false });
    expect(job.regions).toHaveLength(3);
    expect(job.errors).toEqual(['There is no sheet "Plan"; the file has "Budget".']);
  });

  it.each([
    ['corrupt.xlsx', 'PK\x03\x04'],
    ['letter.txt', 'Dear all'],
  ])('ends in an error for %s', async (name, content) => {
    const job = await ended(await store(name, content));

    expect(job).toMatchObject({ status: 'ERROR', success: false, regions: [] });
    expect(job.errors).toEqual([expect.stringContaining(name)]);
  });

  it('says which settings have no effect', async () => {
    const job = await ended(budgetFile, {
      specialization: 'financial-standard',
      use_experimental_processing: true,
    });

    expect(job.status).toBe('SUCCESS');
    expect(job.errors).toEqual([
      expect.stringContaining('"financial-standard" was not applied'),
      expect.stringContaining('Experimental processing was not applied'),
    ]);
  });

  it('is refused for a file that is not there and for a range that is none', async () => {
    const missing = await send(cloud, `POST ${jobs}`, { file_id: 'nothing' });
    const wrong = await send(cloud, `POST ${jobs}`, {
      file_id: budgetFile,
      config: { extraction_range: 'here', table_merge_sensitivity: 'mild' },
    });

    expect(missing).toMatchObject({ status: 404, body: { detail: 'File nothing not found' } });
    expect(wrong.status).toBe(422);
    expect(wrong.body).toMatchObject({
      detail: [
        { loc: ['body', 'config', 'extraction_range'] },
        { loc: ['body', 'config', 'table_merge_sensitivity'] },
      ],
    });
  });

  it('is cancelled when it is deleted under way, and gone when it is deleted after its end', async () => {
    const { id } = await create(await store('large.csv', large()));

    const first = await send(cloud, `DELETE ${jobs}/${id}`);
    const cancelled = await get(id);
    const second = await send(cloud, `DELETE ${jobs}/${id}`);
    const gone = await send(cloud, `GET ${jobs}/${id}`);

    expect(first).toMatchObject({ status: 200, body: { id, status: 'CANCELLED' } });
    expect(cancelled).toMatchObject({ status: 'CANCELLED', success: false, regions: [] });
    expect(second.status).toBe(200);
    expect(gone).toMatchObject({ status: 404, body: { detail: `Sheets job ${id} not found` } });
  });

  it('leaves the server free to answer while it is worked on', async () => {
    const { id } = await create(await store('busy.csv', large()));

    let slowest = 0;
    await until(
      async () => {
        const asked = performance.now();
        const job = await get(id);
        slowest = Math.max(slowest, performance.now() - asked);
        return job;
      },
      ({ status }) => status !== 'PENDING',
    );

    expect(slowest).toBeLessThan(500);
  });
});

describe('the result of a region', () => {
  const result = (job: SheetsJob, path: string) =>
    send(cloud, `GET ${jobs}/${job.id}/regions/${path}`);

  it('is a Parquet file behind a link that needs no key', async () => {
    const job = await ended(budgetFile, { flatten_hierarchical_tables: true });

    const { status, body } = await result(job, 'rgn-3/result/table?expires_at_seconds=60');
    const { url, expires_at, form_fields } = body as PresignedUrl;
    const response = await fetch(url);
    const left = Date.parse(expires_at) - Date.now();

    expect(status).toBe(200);
    expect(form_fields).toBeNull();
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(60_000);
    expect(response.headers.get('content-type')).toBe('application/vnd.apache.parquet');
    expect(await readParquet(await response.arrayBuffer())).toEqual([
      { Line: 'Revenue', January: 100_059.5, February: 84_851 },
      { Line: 'Net Income', January: 29_835, February: 19_150 },
    ]);
  });

  it('comes with facts about the cells of every region', async () => {
    const job = await ended(budgetFile);

    const { body } = await result(job, 'rgn-1/result/cell_metadata');
    const cells = await readParquet(await (await fetch((body as PresignedUrl).url)).arrayBuffer());

    expect(cells).toHaveLength(4);
    expect(cells[0]).toMatchObject({ coordinate: 'A1', is_merged_cell: true });
  });

  it('has a type, and is to be had as that only', async () => {
    const job = await ended(budgetFile);

    expect((await result(job, 'rgn-1/result/extra')).status).toBe(200);
    expect(await result(job, 'rgn-1/result/table')).toMatchObject({
      status: 404,
      body: {
        detail: 'Region rgn-1 is of the type extra, not table; ask for extra or cell_metadata',
      },
    });
    expect((await result(job, 'rgn-1/result/rows')).status).toBe(422);
    expect((await result(job, 'rgn-99/result/table')).status).toBe(404);
  });

  it('is not to be had with a link that was changed, has expired or belongs to a deleted job', async () => {
    const job = await ended(budgetFile);
    const { body } = await result(job, 'rgn-2/result/table?expires_at_seconds=1');
    const { url, expires_at } = body as PresignedUrl;

    expect((await fetch(url.replace('rgn-2', 'rgn-3'))).status).toBe(403);
    const lasting = (await result(job, 'rgn-2/result/table')).body as PresignedUrl;
    await send(cloud, `DELETE ${jobs}/${job.id}`);
    expect((await fetch(lasting.url)).status).toBe(404);
    await until(
      () => Promise.resolve(Date.now()),
      (now) => now > Date.parse(expires_at),
    );
    expect((await fetch(url)).status).toBe(403);
  });

  it('can be linked to for a second at least and a week at most', async () => {
    const job = await ended(budgetFile);

    for (const seconds of [0, -1, 604_801]) {
      const { status, body } = await result(
        job,
        `rgn-2/result/table?expires_at_seconds=${seconds}`,
      );
      expect(status).toBe(422);
      expect(body).toMatchObject({ detail: [{ loc: ['query', 'expires_at_seconds'] }] });
    }
  });
});

describe('the list of sheets jobs', () => {
  it('is read page by page, filtered, and without results unless they are asked for', async () => {
    const file = await store(
      'list.xlsx',
      await xlsx(
        plain('Sheet', [
          ['a', 1],
          ['b', 2],
        ]),
      ),
    );
    const first = await ended(file);
    const second = await ended(file);
    const failed = await ended(file, { sheet_names: ['None'] });
    const ids = [first, second, failed].map(({ id }) => `job_ids=${id}`).join('&');

    const page = await list(`?${ids}&page_size=2`);
    const rest = await list(`?${ids}&page_size=2&page_token=${page.next_page_token ?? ''}`);
    const successes = await list(`?${ids}&status=SUCCESS&include_results=true`);
    const late = await list(`?${ids}&created_at_on_or_after=${second.created_at}`);
    const early = await list(`?${ids}&created_at_on_or_before=${second.created_at}`);

    expect(page.items?.map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(page.items?.[0]?.regions).toEqual([]);
    expect(rest.items?.map(({ id }) => id)).toEqual([failed.id]);
    expect(rest.next_page_token).toBeNull();
    expect(successes.items?.map(({ regions }) => regions?.length)).toEqual([1, 1]);
    expect(late.items?.map(({ id }) => id)).toEqual([second.id, failed.id]);
    expect(early.items?.map(({ id }) => id)).toEqual([first.id, second.id]);
  });
});
