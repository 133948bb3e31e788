import { createStorageGate } from '../../src/work/storageGate.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAgentThreads } from '../../src/agent/agentThreads.ts';
import { createGrep } from '../../src/retrieval/grepFile.ts';
import { searchSchema } from '../../src/retrieval/searchSchema.ts';
import { chat } from '../../src/routes/chat.ts';
import { type LocalCloud, startLocalCloud } from '../../src/startLocalCloud.ts';
import { insertChatSession } from '../../src/store/chatSessions.ts';
import { cloudSchema } from '../../src/store/cloudSchema.ts';
import { insertDirectory } from '../../src/store/directories.ts';
import { finishBuild, insertIndex, nextDueIndex } from '../../src/store/indexes.ts';
import { openDatabase } from '../../src/store/openDatabase.ts';
import { createSession, framesOf, getSession, openTurn, takeTurn } from '../support/chat.ts';
import {
  builtIndex,
  createDirectory,
  createIndex,
  type Endpoint,
  send,
  upload,
  until,
} from '../support/cloud.ts';
import { completionChunk, type StandInModel, startStandInModel } from '../support/standInModel.ts';

let model: StandInModel;
beforeAll(async () => {
  model = await startStandInModel();
  vi.stubEnv('OPENAI_BASE_URL', model.baseUrl);
  vi.stubEnv('OPENAI_MODEL', 'm-1');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await model[Symbol.asyncDispose]();
});

async function teaIndex(cloud: Endpoint): Promise<string> {
  const directory = await createDirectory(cloud, 'tea');
  await upload(cloud, directory, 'tea.md', 'Green tea is steeped for three minutes.');
  return (await builtIndex(cloud, (await createIndex(cloud, directory)).id)).id;
}

const finish = (response: ServerResponse) => {
  response.end(`${completionChunk(', tea.', 'stop')}data: [DONE]\n\n`);
};

const lastEvent = async (cloud: Endpoint, session: string) =>
  (await getSession(cloud, session)).events.at(-1);

describe('a turn that takes its time', () => {
  let cloud: LocalCloud;
  let index: string;
  beforeAll(async () => {
    cloud = await startLocalCloud();
    index = await teaIndex(cloud);
  });
  afterAll(() => cloud.close());

  it('keeps a second message of its session out until it has ended', async () => {
    const { session_id } = await createSession(cloud);
    const asked = model.asked();
    const first = takeTurn(cloud, session_id, [index], 'Tea?');
    const answer = await asked;

    await expect(openTurn(cloud, session_id, [index], 'And milk?')).rejects.toThrow(
      /409.*is answering another message/,
    );
    finish(answer);
    expect((await first).find(({ data }) => data.type === 'text')?.data).toEqual({
      type: 'text',
      content: 'Well, tea.',
    });

    const again = model.asked();
    const second = takeTurn(cloud, session_id, [index], 'And milk?');
    finish(await again);
    expect((await second).at(-1)?.data).toMatchObject({ type: 'stop', is_error: false });
  });

  it('runs to its end when the client goes away', async () => {
    const { session_id } = await createSession(cloud);
    const leaving = new AbortController();
    const asked = model.asked();
    const frames = framesOf(await openTurn(cloud, session_id, [index], 'Tea?', leaving.signal));
    const answer = await asked;
    await frames.next();
    leaving.abort();
    await expect(frames.next()).rejects.toThrow();
    finish(answer);

    await until(
      () => lastEvent(cloud, session_id),
      (event) => event?.type === 'stop',
    );
    expect((await getSession(cloud, session_id)).events).toEqual([
      { type: 'user_input', content: 'Tea?' },
      { type: 'text', content: 'Well, tea.' },
      expect.objectContaining({ type: 'stop', is_error: false, error: null }),
    ]);
  });

  it('ends when its session is deleted', async () => {
    const { session_id } = await createSession(cloud);
    const asked = model.asked();
    const turn = takeTurn(cloud, session_id, [index], 'Tea?');
    const answer = await asked;
    const closed = once(answer, 'close');

    expect((await send(cloud, `DELETE /api/v1/chat/${session_id}`)).status).toBe(204);
    expect((await turn).at(-1)?.data).toMatchObject({
      type: 'stop',
      is_error: true,
      error: 'The session was deleted',
    });
    await closed;
  });
});

describe('a cloud that stops in the middle of a turn', () => {
  it('closes the turn with an error when it is closed', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'chat-'));
    const cloud = await startLocalCloud({ dataDir });
    const index = await teaIndex(cloud);
    const { session_id } = await createSession(cloud);
    const asked = model.asked();
    const turn = takeTurn(cloud, session_id, [index], 'Tea?');
    await asked;
    await cloud.close();

    expect((await turn).at(-1)?.data).toMatchObject({ type: 'stop', is_error: true });
    await using again = await startLocalCloud({ dataDir });
    expect(await lastEvent(again, session_id)).toMatchObject({
      type: 'stop',
      error: 'The server closed; send the message again',
    });
    await again.close();
    await rm(dataDir, { recursive: true });
  });

  it('closes the turn with an error when it is started again after it was killed', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'chat-'));
    const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
    const child = spawn(
      process.execPath,
      [main, '--port', '0', '--data', dataDir, '--token', 't'],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /http:\/\/[\d.:]+/.exec(line.toString())?.[0] ?? '';
    const killed = { url, token: 't' };
    const index = await teaIndex(killed);
    const { session_id } = await createSession(killed, [index]);
    const asked = model.asked();
    const frames = framesOf(await openTurn(killed, session_id, [index], 'Tea?'));
    await asked;
    await frames.next();
    child.kill('SIGKILL');
    await once(child, 'exit');

    await using cloud = await startLocalCloud({ dataDir, token: 't' });
    const { events, job_metadata } = await getSession(cloud, session_id);
    expect(events.map(({ type }) => type)).toEqual(['user_input', 'stop']);
    expect(events.at(-1)).toMatchObject({
      is_error: true,
      error: expect.stringMatching(/send the message again/) as unknown,
    });
    expect(job_metadata).toMatchObject({ is_error: true });

    const again = model.asked();
    const turn = takeTurn(cloud, session_id, [index], 'Tea?');
    finish(await again);
    expect((await turn).at(-1)?.data).toMatchObject({ type: 'stop', is_error: false });
    await cloud.close();
    await rm(dataDir, { recursive: true });
  });
});

describe('a stream on which nothing happens', () => {
  it('carries comments that keep it open', async () => {
    await using cleanup = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'chat-'));
    cleanup.defer(() => rm(folder, { recursive: true }));
    const database = openDatabase(join(folder, 'cloud.db'), cloudSchema + searchSchema);
    cleanup.defer(() => database.db.close());
    const grep = createGrep();
    cleanup.defer(() => grep.close());
    const agentThreads = createAgentThreads({ searchFile: join(folder, 'cloud.db') });
    cleanup.defer(() => agentThreads.close());
    const closing = new AbortController();
    const turns: Promise<unknown>[] = [];
    const context = {
      database,
      search: database.db,
      grep,
      agentThreads,
      readers: { retrieve: () => Promise.resolve([]), close: () => Promise.resolve() },
      defaultProject: 'p',
      gate: createStorageGate(),
      closing: closing.signal,
      background: (turn: Promise<unknown>) => void turns.push(turn),
    };
    const app = chat(context, { heartbeat: 5 });
    const { id: directory } = insertDirectory(database, {
      project_id: 'p',
      name: 'tea',
      description: null,
    });
    const index = insertIndex(database, {
      project_id: 'p',
      source_directory_id: directory,
      name: 'tea',
      description: null,
      products: [],
    });
    const due = nextDueIndex(database);
    if (due !== undefined) {
      finishBuild(database, due, { status: 'ready' });
    }
    const session = insertChatSession(database, 'p', null);

    const response = await app.request(`/api/v1/chat/${session.session_id}/messages/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ index_ids: [index.id], prompt: 'Tea?' }),
    });
    const body: AsyncIterable<Uint8Array> = response.body ?? new ReadableStream();
    const frames = new Set<string>();
    for await (const bytes of body) {
      frames.add(new TextDecoder().decode(bytes));
      if (frames.size === 2) {
        break;
      }
    }
    closing.abort();
    await Promise.all(turns);

    expect([...frames].sort()).toEqual([
      ': heartbeat\n\n',
      'event: delta\ndata: {"type":"text_delta","content":"Well"}\n\n',
    ]);
  });
});
