import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../src/startLocalCloud.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { until } from '../support/cloud.ts';
import { vendorClient, watchCalls } from '../support/vendorClient.ts';
import { beekeeping, invoice, lease, letter } from '../support/writings.ts';

describe("indexes and retrieval, by the vendor's client", () => {
  let cloud: LocalCloud;
  let client: ReturnType<typeof vendorClient>;
  let indexes: typeof client.beta.indexes;
  let retrieval: typeof client.beta.retrieval;
  let uncalled: readonly Set<string>[];
  let directoryId: string;
  let index_id: string;

  beforeAll(async () => {
    cloud = await startLocalCloud();
    client = vendorClient(cloud);
    const watched = watchCalls(client.beta.indexes);
    const watchedRetrieval = watchCalls(client.beta.retrieval);
    indexes = watched.resource;
    retrieval = watchedRetrieval.resource;
    uncalled = [watched.uncalled, watchedRetrieval.uncalled];

    directoryId = (await client.beta.directories.create({ name: 'Papers' })).id;
    for (const [name, text] of Object.entries({ beekeeping, invoice, lease, letter })) {
      await client.beta.directories.files.upload(directoryId, {
        upload_file: new File([text], `${name}.md`),
        metadata: JSON.stringify({ pages: text.length }),
      });
    }
    const index = await indexes.create({ source_directory_id: directoryId });
    // The official examples ask by this id.
    index_id = index.export_config_id;
    await ready(index.id);
  });
  afterAll(() => cloud.close());

  /** The wait of the official examples. */
  async function ready(id: string) {
    const index = await until(
      () => indexes.get(id),
      ({ metadata }) => ['ready', 'failed'].includes(String(metadata?.status)),
    );
    expect(index.metadata).toMatchObject({ status: 'ready' });
    return index;
  }

  it('creates an index, brings it up to date, lists and deletes it', async () => {
    const { id } = await client.beta.directories.create({ name: 'News' });
    const created = await indexes.create({ source_directory_id: id, name: 'Daily' });
    await ready(created.id);
    await client.beta.directories.files.upload(id, {
      upload_file: new File(['The bridge was opened.'], 'monday.txt'),
    });
    expect(await indexes.sync(created.id)).toEqual({});
    await until(
      () => retrieval.retrieve({ index_id: created.id, query: 'bridge' }).catch(() => undefined),
      (answer) => answer?.results.length === 1,
    );

    const names: string[] = [];
    for await (const index of indexes.list({ page_size: 1 })) {
      names.push(index.name);
    }
    expect(names).toEqual(['Papers', 'Daily']);
    await indexes.delete(created.id);
    await expect(indexes.get(created.id)).rejects.toThrow('404');
  });

  it('retrieves passages, filtered and reranked', async () => {
    const query = 'When do the bees swarm?';
    const { results } = await retrieval.retrieve({
      index_id,
      query,
      top_k: 10,
      rerank: { enabled: true, top_n: 3 },
    });
    expect(results.length).toBeLessThanOrEqual(3);
    expect(results[0]?.content).toContain('swarm');
    expect(results[0]?.rerank_score).toEqual(expect.any(Number));

    const file = String(results[0]?.static_fields?.parsed_directory_file_id);
    const within = await retrieval.retrieve({
      index_id,
      query,
      static_filters: { parsed_directory_file_id: { operator: 'eq', value: file } },
      custom_filters: { pages: [{ operator: 'gt', value: 100 }] },
    });
    expect(
      new Set(within.results.map((hit) => hit.static_fields?.parsed_directory_file_id)),
    ).toEqual(new Set([file]));
  });

  it('finds files over several pages', async () => {
    const names: string[] = [];
    for await (const { file_name } of retrieval.find({ index_id, page_size: 3 })) {
      names.push(file_name);
    }
    expect(names.sort()).toEqual(['beekeeping.md', 'invoice.md', 'lease.md', 'letter.md']);
    const page = await retrieval.find({ index_id, file_name_contains: 'LE' });
    expect(page.items.map(({ file_name }) => file_name).sort()).toEqual(['lease.md', 'letter.md']);
  });

  it('greps over several pages, and reads what was found', async () => {
    const [file] = (await retrieval.find({ index_id, file_name: 'beekeeping.md' })).items;
    const file_id = String(file?.file_id);
    const query = { index_id, file_id, pattern: 'colon(y|ies)', context_chars: 5 };
    const { content: text } = await retrieval.read({ index_id, file_id });
    const expected = [...text.matchAll(/colon(?:y|ies)/g)].map((match) => match.index);
    expect(expected.length).toBeGreaterThan(4);

    const starts: number[] = [];
    let pages = 0;
    for await (const page of (await retrieval.grep({ ...query, page_size: 2 })).iterPages()) {
      pages += 1;
      starts.push(...page.items.map(({ start_char }) => start_char));
    }
    expect(starts).toEqual(expected);
    expect(pages).toBe(Math.ceil(expected.length / 2));

    const [first] = (await retrieval.grep(query)).items;
    const { start_char = 0, end_char = 0, content = '' } = first ?? {};
    const around = await retrieval.read({
      index_id,
      file_id,
      offset: start_char - 5,
      max_length: end_char - start_char + 10,
    });
    expect(around.content).toBe(content);
  });

  it('refuses the page token of another search', async () => {
    const [file] = (await retrieval.find({ index_id, file_name: 'beekeeping.md' })).items;
    const query = { index_id, file_id: String(file?.file_id), page_size: 1 };
    const { next_page_token } = await retrieval.grep({ ...query, pattern: 'hive' });
    await expect(
      retrieval.grep({ ...query, pattern: 'queen', page_token: next_page_token }),
    ).rejects.toThrow('422');
  });

  it('was asked for by every method that there is', () => {
    expect(uncalled.map((names) => [...names])).toEqual([[], []]);
  });
});
