import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../../src/types/chat.ts';
import {
  type AgentThreads,
  type AgentThreadsConfig,
  createAgentThreads,
} from '../../src/agent/agentThreads.ts';
import { runTurn } from '../../src/agent/runTurn.ts';
import { chunkDocument } from '../../src/retrieval/chunkDocument.ts';
import { putFile } from '../../src/retrieval/searchIndex.ts';
import { trainIndex } from '../../src/retrieval/trainIndex.ts';
import { openSearchDatabase } from '../../src/store/openSearchDatabase.ts';

const text = 'The K2 kettle holds 1.7 litres of water. It was first sold in March 2021, in Oslo.';
const task = { question: 'How much water does the K2 hold?', history: [], indexIds: ['idx'] };

describe('createAgentThreads', () => {
  let folder: string;
  let searchFile: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'agent-'));
    searchFile = join(folder, 'search.db');
    const db = openSearchDatabase(searchFile);
    const { chunks, ...document } = chunkDocument([{ number: 1, text, needsOcr: false }]);
    putFile(db, 'idx', {
      ...document,
      chunks,
      id: 'kettle.md',
      name: 'kettle.md',
      content_hash: '',
      metadata: {},
    });
    trainIndex(db, 'idx');
    db.close();
  });
  afterAll(() => rm(folder, { recursive: true }));

  function start(config: Omit<AgentThreadsConfig, 'searchFile'> = {}) {
    const threads = createAgentThreads({ searchFile, ...config });
    return { ...threads, [Symbol.asyncDispose]: () => threads.close() };
  }

  async function ask(
    threads: AgentThreads,
    signal: AbortSignal = new AbortController().signal,
    asked: typeof task = task,
  ): Promise<ChatEvent[]> {
    const agent = runTurn((meter, stop) => threads.answer(asked, meter, stop), signal);
    const events: ChatEvent[] = [];
    for await (const event of agent) {
      events.push(event);
    }
    return events;
  }

  it('answers with the events of a turn, and says what it took', async () => {
    await using threads = start();
    const events = await ask(threads);

    expect(events.find(({ type }) => type === 'text')).toMatchObject({
      content: expect.stringContaining('The K2 kettle holds 1.7 litres of water. [1]') as unknown,
    });
    expect(events.find(({ type }) => type === 'tool_call')).toMatchObject({ name: 'retrieve' });
    expect(events.at(-1)).toMatchObject({ type: 'stop', is_error: false, usage: { turns: 3 } });
  });

  it('answers turns that come at once, one after the other where there is one thread', async () => {
    await using threads = start({ threads: 1 });
    const turns = await Promise.all([ask(threads), ask(threads), ask(threads)]);
    expect(turns.map((events) => events.at(-1))).toEqual(
      turns.map(() => expect.objectContaining({ type: 'stop', is_error: false }) as unknown),
    );
  });

  it('ends a turn that takes longer than it may with an error, and what waits goes on', async () => {
    await using threads = start({ threads: 1, limitMs: 1 });
    const turns = await Promise.all([ask(threads), ask(threads)]);
    for (const events of turns) {
      expect(events.at(-1)).toMatchObject({
        type: 'stop',
        is_error: true,
        error:
          'The answer was given up after 0.001 s: ask about less at a time, or of fewer indexes',
      });
    }
  });

  it('ends a turn that is aborted with the reason, at any event, and answers the next one', async () => {
    await using threads = start({ threads: 1 });
    const aborted = new AbortController();
    const events: ChatEvent[] = [];
    const agent = runTurn((meter, stop) => threads.answer(task, meter, stop), aborted.signal);
    for await (const event of agent) {
      events.push(event);
      aborted.abort(new Error('The session was deleted'));
    }
    expect(events).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ type: 'stop', error: 'The session was deleted' });
    expect((await ask(threads)).at(-1)).toMatchObject({ is_error: false });
  });

  it('ends a turn that breaks off with the reason, and keeps the thread', async () => {
    await using threads = start({ threads: 1 });
    const { signal } = new AbortController();
    const failed = await ask(threads, signal, { ...task, question: undefined as never });
    expect(failed.at(-1)).toMatchObject({ type: 'stop', is_error: true });
    expect((await ask(threads)).at(-1)).toMatchObject({ is_error: false });
  });

  it('ends turns under way and turns that wait when it is closed', async () => {
    await using threads = start({ threads: 1 });
    const turns = [ask(threads), ask(threads)];
    // The first one's thread is starting by then.
    await setImmediate();
    await threads.close();
    for (const events of await Promise.all(turns)) {
      expect(events.at(-1)).toMatchObject({ type: 'stop', is_error: true });
    }
  });
});
