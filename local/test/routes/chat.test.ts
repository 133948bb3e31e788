import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ChatSession } from '../../../src/types/chat.ts';
import type { Index } from '../../../src/types/indexes.ts';
import type { Page } from '../../../src/types/page.ts';
import { type LocalCloud, startLocalCloud } from '../../src/startLocalCloud.ts';
import { createSession, getSession, openTurn, takeTurn } from '../support/chat.ts';
import { builtIndex, createDirectory, createIndex, send, upload } from '../support/cloud.ts';

let cloud: LocalCloud;
let tea: Index;
let coffee: Index;

async function indexOf(name: string, content: string): Promise<Index> {
  const directory = await createDirectory(cloud, name);
  await upload(cloud, directory, `${name}.md`, content);
  return builtIndex(cloud, (await createIndex(cloud, directory)).id);
}

beforeAll(async () => {
  // Whatever this machine is set up for, these tests are about answers without a model.
  vi.stubEnv('OPENAI_BASE_URL', '');
  cloud = await startLocalCloud();
  tea = await indexOf('tea', '# Tea\n\nGreen tea is steeped for three minutes at 75 degrees.\n');
  coffee = await indexOf('coffee', '# Coffee\n\nEspresso is brewed with nine bars of pressure.\n');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await cloud.close();
});

describe('chat sessions', () => {
  it('are created without a body, bound to nothing', async () => {
    const { status, body } = await send(cloud, 'POST /api/v1/chat');

    expect(status).toBe(201);
    expect(body).toEqual({
      session_id: expect.stringMatching(/^ses-/) as unknown,
      generated_title: null,
      // No time zone, as the service has it.
      last_updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+$/) as unknown,
      job_metadata: null,
      index_ids: null,
    });
  });

  it('are bound to indexes by either of their names', async () => {
    const { index_ids } = await createSession(cloud, [tea.id, coffee.export_config_id, tea.id]);

    expect(index_ids).toEqual([tea.id, coffee.id]);
  });

  it('take no more than ten indexes, and none that is not there', async () => {
    const many = Array.from({ length: 11 }, () => tea.id);

    expect(await send(cloud, 'POST /api/v1/chat', { index_ids: many })).toMatchObject({
      status: 422,
      body: { detail: [{ type: 'too_long', loc: ['body', 'index_ids'] }] },
    });
    expect(await send(cloud, 'POST /api/v1/chat', { index_ids: ['idx-none'] })).toMatchObject({
      status: 404,
      body: { detail: 'Index idx-none not found' },
    });
  });

  it('are listed newest first, page by page, whatever is created meanwhile', async () => {
    const project = 'project_id=6d0b1f0e-9d55-4c9e-8d4b-0a3c7c1f2b11';
    const create = async () =>
      ((await send(cloud, `POST /api/v1/chat?${project}`)).body as ChatSession).session_id;
    const created = [await create(), await create(), await create()];
    const list = async (token: string) =>
      (await send(cloud, `GET /api/v1/chat?${project}&page_size=2&page_token=${token}`))
        .body as Page<ChatSession>;

    const first = await list('');
    await create();
    const second = await list(first.next_page_token ?? '');

    const ids = [first, second].flatMap(({ items = [] }) => items.map((one) => one.session_id));
    expect(ids).toEqual(created.toReversed());
    expect(second.next_page_token).toBeNull();
  });

  it('have a title made from the first message', async () => {
    const { session_id } = await createSession(cloud);
    const title = (first_message: string) =>
      send(cloud, `POST /api/v1/chat/${session_id}/title`, { first_message });

    expect(await title('What is tea?')).toMatchObject({
      status: 200,
      body: { session_id, generated_title: 'What is tea?' },
    });
    const long = 'Please tell me everything that the documents say about the steeping of green tea';
    expect(await title(long)).toMatchObject({
      body: { generated_title: 'Please tell me everything that the documents say about the...' },
    });
    expect(await send(cloud, `GET /api/v1/chat/${session_id}/summary`)).toMatchObject({
      status: 200,
      body: { generated_title: 'Please tell me everything that the documents say about the...' },
    });
  });

  it('are gone once they are deleted', async () => {
    const { session_id } = await createSession(cloud);

    expect(await send(cloud, `DELETE /api/v1/chat/${session_id}`)).toMatchObject({
      status: 204,
      body: undefined,
    });
    const gone = { status: 404, body: { detail: `Chat session ${session_id} not found` } };
    expect(await send(cloud, `GET /api/v1/chat/${session_id}`)).toMatchObject(gone);
    expect(await send(cloud, `GET /api/v1/chat/${session_id}/summary`)).toMatchObject(gone);
    expect(await send(cloud, `DELETE /api/v1/chat/${session_id}`)).toMatchObject(gone);
  });

  it('are not seen from another project', async () => {
    const { session_id } = await createSession(cloud);

    expect(
      await send(
        cloud,
        `GET /api/v1/chat/${session_id}?project_id=7a0b1f0e-9d55-4c9e-8d4b-0a3c7c1f2b11`,
      ),
    ).toMatchObject({ status: 404 });
  });
});

describe('a message', () => {
  it('is answered with events, deltas apart from whole ones, and ends with one stop', async () => {
    const { session_id } = await createSession(cloud);
    const frames = await takeTurn(cloud, session_id, [tea.id], 'How long is green tea steeped?');
    const text = frames.find(({ data }) => data.type === 'text')?.data;

    expect(text).toMatchObject({
      content: expect.stringContaining('Green tea is steeped for three minutes') as unknown,
    });
    for (const { event, data } of frames) {
      expect(event).toBe(data.type.endsWith('_delta') ? 'delta' : 'message');
    }
    expect(frames.filter(({ data }) => data.type === 'stop')).toEqual([frames.at(-1)]);
  });

  it('leaves its turn in the history, without the deltas, and its run in the summary', async () => {
    const { session_id } = await createSession(cloud, [tea.id]);
    const prompt = 'How long is green tea steeped?';
    const frames = await takeTurn(cloud, session_id, [tea.export_config_id], prompt);
    const session = await getSession(cloud, session_id);

    const whole = frames.map(({ data }) => data).filter(({ type }) => !type.endsWith('_delta'));
    expect(session.events).toEqual([{ type: 'user_input', content: prompt }, ...whole]);
    expect(session.generated_title).toBe(prompt);
    expect(session.job_metadata).toEqual({
      total_input_tokens: 0,
      total_output_tokens: 0,
      turns: 3,
      duration_ms: expect.any(Number) as unknown,
      is_error: false,
      error: null,
      export_config_ids: [tea.export_config_id],
    });
  });

  it('follows on from the one before it', async () => {
    const { session_id } = await createSession(cloud);
    await takeTurn(cloud, session_id, [coffee.id], 'What is espresso?');
    const frames = await takeTurn(
      cloud,
      session_id,
      [coffee.id],
      'And with how many bars of pressure is it brewed?',
    );

    expect(frames.find(({ data }) => data.type === 'text')?.data).toMatchObject({
      content: expect.stringContaining('nine bars of pressure') as unknown,
    });
    const { events, generated_title } = await getSession(cloud, session_id);
    expect(events.filter(({ type }) => type === 'stop')).toHaveLength(2);
    expect(generated_title).toBe('What is espresso?');
  });

  it('of a bound session searches all indexes that it is bound to', async () => {
    const { session_id } = await createSession(cloud, [tea.id, coffee.id]);
    const frames = await takeTurn(
      cloud,
      session_id,
      [tea.id],
      'How much pressure is espresso brewed with?',
    );

    expect(frames.find(({ data }) => data.type === 'text')?.data).toMatchObject({
      content: expect.stringContaining('coffee.md, page 1') as unknown,
    });
  });

  it('of a bound session may not name another index', async () => {
    const { session_id } = await createSession(cloud, [tea.id]);
    const route = `POST /api/v1/chat/${session_id}/messages/stream`;

    expect(await send(cloud, route, { index_ids: [coffee.id], prompt: 'Hello' })).toMatchObject({
      status: 409,
      body: {
        detail: expect.stringContaining(
          `bound to ${tea.id} and cannot search ${coffee.id}`,
        ) as unknown,
      },
    });
    expect((await getSession(cloud, session_id)).events).toEqual([]);
  });

  it.each<[string, object, object]>([
    [
      'no index',
      { index_ids: [], prompt: 'Hi' },
      { type: 'too_short', loc: ['body', 'index_ids'] },
    ],
    ['no prompt', { index_ids: ['idx-a'] }, { type: 'missing', loc: ['body', 'prompt'] }],
    [
      'a prompt of 1,001 characters',
      { index_ids: ['idx-a'], prompt: 'a'.repeat(1001) },
      { type: 'string_too_long', loc: ['body', 'prompt'] },
    ],
  ])('with %s is refused', async (_, body, entry) => {
    const { session_id } = await createSession(cloud);

    expect(
      await send(cloud, `POST /api/v1/chat/${session_id}/messages/stream`, body),
    ).toMatchObject({
      status: 422,
      body: { detail: [entry] },
    });
  });

  it('is refused where its session or its index is not there', async () => {
    const { session_id } = await createSession(cloud);

    await expect(openTurn(cloud, 'ses-none', [tea.id], 'Hi')).rejects.toThrow(
      /404.*ses-none not found/,
    );
    await expect(openTurn(cloud, session_id, ['idx-none'], 'Hi')).rejects.toThrow(
      /404.*idx-none not found/,
    );
  });
});
