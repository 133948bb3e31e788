import LlamaCloud, {
  AuthenticationError,
  ConflictError,
  NotFoundError,
  UnprocessableEntityError,
} from '@llamaindex/llama-cloud';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../src/startLocalCloud.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { vendorClient } from '../support/vendorClient.ts';

const nothing = 'not-there';

describe("refusals, as the vendor's client reports them", () => {
  let cloud: LocalCloud;
  let client: LlamaCloud;

  beforeAll(async () => {
    cloud = await startLocalCloud();
    client = vendorClient(cloud);
  });
  afterAll(() => cloud.close());

  it('tells a wrong key', async () => {
    const stranger = vendorClient({ url: cloud.url, token: 'llx-wrong' });
    const refusal = await stranger.beta.chat.create().catch((cause: unknown) => cause);
    expect(refusal).toBeInstanceOf(AuthenticationError);
    expect(refusal).toMatchObject({ status: 401, error: { detail: 'Invalid API key' } });
  });

  it('tells what is not there, for every resource', async () => {
    const { beta } = client;
    const { id: directory_id } = await beta.directories.create({ name: 'Empty' });
    const requests = [
      beta.agentData.get(nothing),
      beta.agentData.update(nothing, { data: {} }),
      beta.agentData.delete(nothing),
      beta.batch.create({ directory_id: nothing, job_config: {} }),
      beta.batch.getStatus(nothing),
      beta.batch.cancel(nothing, {}),
      beta.batch.jobItems.list(nothing),
      beta.batch.jobItems.getProcessingResults(nothing),
      beta.chat.create({ index_ids: [nothing] }),
      beta.chat.getSummary(nothing),
      beta.chat.delete(nothing),
      beta.chat.stream(nothing, { index_ids: ['i'], prompt: 'p' }),
      beta.directories.update(nothing, {}),
      beta.directories.files.list(nothing),
      beta.directories.files.get(nothing, { directory_id }),
      beta.directories.files.add(directory_id, { file_id: nothing }),
      beta.directories.files.upload(nothing, { upload_file: new File(['x'], 'x.txt') }),
      beta.indexes.create({ source_directory_id: nothing }),
      beta.indexes.sync(nothing),
      beta.retrieval.find({ index_id: nothing }),
      beta.retrieval.grep({ index_id: nothing, file_id: 'f', pattern: 'p' }),
      beta.retrieval.read({ index_id: nothing, file_id: 'f' }),
      beta.retrieval.retrieve({ index_id: nothing, query: 'q' }),
      beta.sheets.create({ file_id: nothing }),
      beta.sheets.getResultTable('table', { spreadsheet_job_id: nothing, region_id: 'r' }),
      beta.split.get(nothing),
    ];
    for (const [at, outcome] of (await Promise.allSettled(requests)).entries()) {
      const reason: unknown = outcome.status === 'rejected' ? outcome.reason : outcome.value;
      expect(reason, `request ${at}`).toBeInstanceOf(NotFoundError);
      expect(reason).toMatchObject({
        error: { detail: expect.stringContaining(nothing) as string },
      });
    }
  });

  it('tells a conflict', async () => {
    await client.beta.directories.create({ name: 'Once' });
    const refusal = await client.beta.directories
      .create({ name: 'Once' })
      .catch((cause: unknown) => cause);
    expect(refusal).toBeInstanceOf(ConflictError);
    expect(refusal).toMatchObject({
      error: { detail: expect.stringContaining('"Once"') as string },
    });
  });

  it('tells values that cannot be, and where they are', async () => {
    const { beta } = client;
    const requests = {
      'body.name': beta.directories.create({ name: '' }),
      'query.page_size': beta.directories.list({ page_size: 0 }),
      'query.page_token': beta.indexes.list({ page_token: 'made up' }),
      'body.index_ids': beta.chat.stream(nothing, { index_ids: [], prompt: 'p' }),
      'body.prompt': beta.chat.stream(nothing, { index_ids: ['i'], prompt: 'p'.repeat(1001) }),
      'query.limit': beta.batch.list({ limit: 1001 }),
      'body.offset': beta.agentData.search({ deployment_name: 'd', offset: 1001 }),
      'body.config.extraction_range': beta.sheets.create({
        file_id: nothing,
        config: { extraction_range: 'all of it' },
      }),
      'body.configuration.categories': beta.split.create({
        document_input: { type: 'file_id', value: nothing },
        configuration: { categories: [] },
      }),
    };
    const places = Object.keys(requests);
    for (const [at, outcome] of (await Promise.allSettled(Object.values(requests))).entries()) {
      const place = String(places[at]);
      const reason: unknown = outcome.status === 'rejected' ? outcome.reason : outcome.value;
      expect(reason, place).toBeInstanceOf(UnprocessableEntityError);
      expect(reason).toMatchObject({ error: { detail: [{ loc: place.split('.') }] } });
    }
  });

  it('is about all that the client has of the beta API', () => {
    const resources = Object.keys(client.beta).filter((name) => name !== '_client');
    expect(resources.sort()).toEqual([
      'agentData',
      'batch',
      'chat',
      'directories',
      'indexes',
      'retrieval',
      'sheets',
      'split',
    ]);
  });
});
