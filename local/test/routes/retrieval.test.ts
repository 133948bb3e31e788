import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DirectoryFile } from '../../../src/types/directoryFiles.ts';
import type { IndexFile, RetrieveAnswer } from '../../../src/types/retrieval.ts';
import type { TokenPage } from '../../src/http/page.ts';
import type { LocalCloud } from '../../src/startLocalCloud.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { builtIndex, createDirectory, createIndex, send, upload } from '../support/cloud.ts';

type FoundFiles = TokenPage<IndexFile>;

const bees = 'Bees live in a hive.\n\nA queen bee lays up to two thousand eggs on one day.';

describe('retrieval', () => {
  let cloud: LocalCloud;
  let file: DirectoryFile;
  let index_id: string;
  let export_config_id: string;
  beforeAll(async () => {
    cloud = await startLocalCloud();
    const directory = await createDirectory(cloud, 'Retrieval');
    file = await upload(cloud, directory, 'bees.txt', bees, { metadata: '{"year":2020}' });
    await upload(cloud, directory, 'ants.txt', 'Ants lay eggs too.', { metadata: '{"year":2024}' });
    ({ id: index_id, export_config_id } = await createIndex(cloud, directory));
    await builtIndex(cloud, index_id);
  });
  afterAll(() => cloud.close());

  const post = (operation: string, body: object) =>
    send(cloud, `POST /api/v1/retrieval/${operation}`, body);
  const retrieve = async (body: object) =>
    (await post('retrieve', { index_id, query: 'How many eggs does a queen lay?', ...body }))
      .body as RetrieveAnswer;

  it('finds passages with their place in the file', async () => {
    const { results } = await retrieve({ index_id: export_config_id });
    expect(results[0]).toMatchObject({
      metadata: { year: 2020 },
      static_fields: {
        parsed_directory_file_id: file.id,
        page_range_start: 1,
        page_range_end: 1,
        chunk_index: 0,
        attachments: [],
      },
    });
    const { chunk_start_char = null, chunk_end_char = null } = results[0]?.static_fields ?? {};
    const read = await post('files/read', {
      index_id,
      file_id: file.id,
      offset: chunk_start_char,
      max_length: Number(chunk_end_char) - Number(chunk_start_char),
    });
    expect(read.body).toEqual({ content: results[0]?.content });
    expect(typeof results[0]?.score).toBe('number');
    expect(typeof results[0]?.rerank_score).toBe('number');
  });

  it('filters by file and by metadata, and limits', async () => {
    const years = async (body: object) =>
      (await retrieve(body)).results.map(({ metadata }) => metadata?.year).sort();
    expect(await years({})).toEqual([2020, 2024]);
    expect(await years({ top_k: 1 })).toHaveLength(1);
    expect(await years({ custom_filters: { year: [{ operator: 'gte', value: 2022 }] } })).toEqual([
      2024,
    ]);
    expect(
      await years({
        static_filters: { parsed_directory_file_id: { operator: 'ne', value: file.id } },
      }),
    ).toEqual([2024]);
    const { results } = await retrieve({ rerank: { enabled: false } });
    expect(results.map(({ rerank_score }) => rerank_score)).toEqual([null, null]);
  });

  it('finds files by name, in the older form and page by page in the newer', async () => {
    const names = ['ants.txt', 'bees.txt'];
    const search = await post('files/search', { index_id, file_name_contains: 'S.T' });
    expect(search.body).toMatchObject({ files: names.map((file_name) => ({ file_name })) });
    const exact = await post('files/search', { index_id, file_name: 'bees.txt', limit: 1 });
    expect(exact.body).toEqual({ files: [{ file_id: file.id, file_name: 'bees.txt' }] });

    const first = (await post('files/find', { index_id, page_size: 1 })).body as FoundFiles;
    expect(first).toMatchObject({ items: [{ file_name: 'ants.txt' }], total_size: 2 });
    const page_token = first.next_page_token;
    const second = await post('files/find', { index_id, page_size: 1, page_token });
    expect(second.body).toMatchObject({
      items: [{ file_name: 'bees.txt' }],
      next_page_token: null,
    });
    expect(await post('files/find', { index_id, page_token: 'x' })).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'page_token'] }] },
    });
  });

  it('greps with context, in the older shape of the answer and in the newer', async () => {
    const { status, body } = await post('files/grep', {
      index_id,
      file_id: file.id,
      pattern: 'qu[a-z]+',
      context_chars: 2,
    });
    const start_char = bees.indexOf('queen');
    const match = { start_char, end_char: start_char + 5, content: 'A queen b' };
    expect({ status, body }).toEqual({
      status: 200,
      body: { matches: [match], items: [match], next_page_token: null, total_size: 1 },
    });
  });

  it('refuses a pattern that is none, and stops one that runs away', async () => {
    const broken = await post('files/grep', { index_id, file_id: file.id, pattern: '(' });
    expect(broken).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'pattern'], input: '(' }] },
    });
    const pattern = '^([a-zA-Z. \\n]+)*$!';
    const endless = await post('files/grep', { index_id, file_id: file.id, pattern });
    expect(endless).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'pattern'], input: pattern }] },
    });
    expect(JSON.stringify(endless.body)).toContain('was stopped after 1 s');
    const next = await post('files/grep', { index_id, file_id: file.id, pattern: 'hive' });
    expect(next.status).toBe(200);
  });

  it.each(['retrieve', 'files/search', 'files/grep', 'files/read'])(
    'answers 404 to %s in an index that is not there',
    async (operation) => {
      const body = { index_id: 'idx-none', query: 'x', file_id: file.id, pattern: 'x' };
      expect(await post(operation, body)).toMatchObject({
        status: 404,
        body: { detail: 'Index idx-none not found' },
      });
    },
  );

  it.each(['files/grep', 'files/read'])('answers 404 to %s of another file', async (operation) => {
    const answer = await post(operation, { index_id, file_id: 'dfl-none', pattern: 'x' });
    expect(answer.status).toBe(404);
  });

  it.each([
    ['retrieve', { query: 'x' }, ['body', 'index_id']],
    ['retrieve', { index_id: 'i', query: 'x', top_k: 0 }, ['body', 'top_k']],
    [
      'retrieve',
      { index_id: 'i', query: 'x', vector_pipeline_weight: 2 },
      ['body', 'vector_pipeline_weight'],
    ],
    [
      'retrieve',
      { index_id: 'i', query: 'x', custom_filters: { year: { operator: 'like', value: 1 } } },
      ['body', 'custom_filters', 'year', 'operator'],
    ],
    ['files/read', { index_id: 'i', file_id: 'f', offset: -1 }, ['body', 'offset']],
    ['files/grep', { index_id: 'i', file_id: 'f' }, ['body', 'pattern']],
  ])('answers 422 to %s with %j', async (operation, body, loc) => {
    expect(await post(operation, body)).toMatchObject({ status: 422, body: { detail: [{ loc }] } });
  });
});
