import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LocalCloud } from '../../src/startLocalCloud.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import type { Frame } from '../support/chat.ts';
import { framesOf } from '../support/chat.ts';
import { builtIndex } from '../support/cloud.ts';
import { vendorClient, watchCalls } from '../support/vendorClient.ts';
import { beekeeping, lease } from '../support/writings.ts';

describe("chat, by the vendor's client", () => {
  let cloud: LocalCloud;
  let client: ReturnType<typeof vendorClient>;
  let api: typeof client.beta.chat;
  let uncalled: Set<string>;
  const indexIds: string[] = [];

  beforeAll(async () => {
    vi.stubEnv('OPENAI_BASE_URL', '');
    cloud = await startLocalCloud();
    client = vendorClient(cloud);
    ({ resource: api, uncalled } = watchCalls(client.beta.chat));
    for (const [name, text] of Object.entries({ beekeeping, lease })) {
      const directory = await client.beta.directories.create({ name });
      const upload_file = new File([text], `${name}.md`);
      await client.beta.directories.files.upload(directory.id, { upload_file });
      const index = await client.beta.indexes.create({ source_directory_id: directory.id });
      indexIds.push((await builtIndex(cloud, index.id)).id);
    }
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await cloud.close();
  });

  it('streams a turn as frames, and keeps it in the history', async () => {
    const [index = ''] = indexIds;
    const { session_id } = await api.create({ index_ids: [index] });
    const response = await api
      .stream(session_id, { index_ids: [index], prompt: 'When do bees swarm?' })
      .asResponse();
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const frames: Frame[] = [];
    for await (const frame of framesOf(response)) {
      frames.push(frame);
    }
    for (const { event, data } of frames) {
      expect(event).toBe(data.type.endsWith('_delta') ? 'delta' : 'message');
    }
    expect(frames.at(-1)?.data).toMatchObject({ type: 'stop', is_error: false, error: null });
    const deltas = frames.flatMap(({ data }) => (data.type === 'text_delta' ? data.content : []));
    const texts = frames.flatMap(({ data }) => (data.type === 'text' ? data.content : []));
    expect(deltas.join('')).toBe(texts.join(''));

    const { events } = await api.retrieve(session_id);
    expect(events).toEqual([
      { type: 'user_input', content: 'When do bees swarm?' },
      ...frames.filter(({ event }) => event === 'message').map(({ data }) => data),
    ]);
  });

  it('answers a turn as one text to a client that does not read streams', async () => {
    const { session_id } = await api.create();
    const text = await api.stream(session_id, { index_ids: indexIds, prompt: 'What is the rent?' });
    expect(text).toMatch(/^event: /);
    expect(text).toMatch(/"type":"stop".*\n\n$/);
    const summary = await api.getSummary(session_id);
    expect(summary).toMatchObject({
      session_id,
      index_ids: null,
      job_metadata: { is_error: false },
      generated_title: 'What is the rent?',
    });
  });

  it('lists sessions over several pages, and deletes them', async () => {
    const created = new Set<string>();
    for (let count = 0; count < 3; count += 1) {
      created.add((await api.create()).session_id);
    }
    const listed: string[] = [];
    for await (const { session_id } of api.list({ page_size: 2 })) {
      listed.push(session_id);
    }
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed.filter((id) => created.has(id)).length).toBe(3);
    for (const id of created) {
      await api.delete(id);
      await expect(api.retrieve(id)).rejects.toThrow('404');
    }
  });

  it('was asked for by every method that there is', () => {
    expect([...uncalled]).toEqual([]);
  });
});
