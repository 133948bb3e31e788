import { Hono } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { ChatEvent, ChatSession } from '../../../src/types/chat.ts';
import type { Index } from '../../../src/types/indexes.ts';
import type { AgentTask } from '../agent/agentWorker.ts';
import { createIndexTools } from '../agent/indexTools.ts';
import { llmAgent } from '../agent/llmAgent.ts';
import { type LlmConfig, llmConfigFrom } from '../agent/llmConfig.ts';
import type { Agent } from '../agent/runTurn.ts';
import { titleOf } from '../agent/titleOf.ts';
import { createTurnRunner } from '../agent/turnRunner.ts';
import type { CloudContext } from '../cloudContext.ts';
import { ApiProblem, notFound } from '../http/apiProblem.ts';
import type { CloudEnv } from '../http/cloudEnv.ts';
import { pageAt, toPage } from '../http/page.ts';
import { requireSearchable } from '../http/requireSearchable.ts';
import { readBody, readOptionalBody, readQuery } from '../http/validate.ts';
import {
  createChatSessionBody,
  generateChatSessionTitleBody,
  streamChatBody,
} from '../schemas/chat.ts';
import { pageQuery, scopeQuery } from '../schemas/query.ts';
import {
  closeInterruptedTurns,
  deleteChatSession,
  findChatSession,
  insertChatSession,
  selectChatSessions,
  setChatTitle,
  spokenEvents,
  startChatTurn,
  toChatSession,
  withEvents,
} from '../store/chatSessions.ts';
import { findIndex } from '../store/indexes.ts';
import { number } from '../store/row.ts';

const collection = '/api/v1/chat';
const member = `${collection}/:session_id` as const;

/** What the chat routes work with. */
export type ChatContext = Pick<
  CloudContext,
  | 'database'
  | 'search'
  | 'grep'
  | 'agentThreads'
  | 'readers'
  | 'defaultProject'
  | 'gate'
  | 'closing'
  | 'background'
>;

/** How the chat routes behave. */
export interface ChatConfig {
  /** Time between two comments that keep a silent stream open, in milliseconds. @defaultValue `15_000` */
  readonly heartbeat?: number | undefined;
  /** The model that answers. @defaultValue the one that the environment names, see {@link llmConfigFrom} */
  readonly model?: LlmConfig | undefined;
}

/** Routes of the chat sessions: create, list, get, summary, title, delete, and the stream of a turn. */
export function chat(context: ChatContext, config: ChatConfig = {}): Hono<CloudEnv> {
  const { database, search, defaultProject, grep, agentThreads, readers } = context;
  const { heartbeat = 15_000, model = llmConfigFrom(process.env) } = config;
  const turns = createTurnRunner(context);
  closeInterruptedTurns(database);

  const find = (id: string, project: string | undefined): ChatSession => {
    const session = findChatSession(database, id, project ?? null);
    if (session === undefined) {
      throw notFound('Chat session', id);
    }
    return session;
  };

  const findIndexes = (ids: readonly string[], project: string | undefined): Index[] => {
    const indexes = ids.map((id) => {
      const index = findIndex(database, id, project ?? null);
      if (index === undefined) {
        throw notFound('Index', id);
      }
      return index;
    });
    // An index has two names, `id` and `export_config_id`; it is searched once all the same.
    return [...new Map(indexes.map((index) => [index.id, index])).values()];
  };

  const agentFor =
    (turn: AgentTask): Agent =>
    (meter, signal) =>
      model === undefined
        ? agentThreads.answer(turn, meter, signal)
        : llmAgent(
            {
              ...turn,
              model,
              signal,
              tools: createIndexTools({ ...turn, db: search, readers, grep }),
            },
            meter,
          );

  const app = new Hono<CloudEnv>();

  app.post(collection, async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const { index_ids } = (await readOptionalBody(c, createChatSessionBody)) ?? {};
    const bound = index_ids ? findIndexes(index_ids, project_id).map(({ id }) => id) : null;
    return c.json(insertChatSession(database, project_id ?? defaultProject, bound), 201);
  });

  app.get(collection, (c) => {
    const query = readQuery(c, pageQuery);
    const start = pageAt('chat', query);
    const rows = selectChatSessions(database, start, query.project_id ?? defaultProject);
    const page = toPage('chat', start, rows, (row) => number(row, 'seq'), toChatSession);
    return c.json({ items: page.items, next_page_token: page.next_page_token });
  });

  app.get(member, (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    return c.json(withEvents(database, find(c.req.param('session_id'), project_id)));
  });

  app.delete(member, (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const { session_id } = find(c.req.param('session_id'), project_id);
    turns.cancel(session_id, 'The session was deleted');
    deleteChatSession(database, session_id);
    return c.body(null, 204);
  });

  app.get(`${member}/summary`, (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    return c.json(find(c.req.param('session_id'), project_id));
  });

  app.post(`${member}/title`, async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const { first_message } = await readBody(c, generateChatSessionTitleBody);
    const { session_id } = find(c.req.param('session_id'), project_id);
    return c.json(setChatTitle(database, session_id, titleOf(first_message)));
  });

  app.post(`${member}/messages/stream`, async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const { index_ids, prompt } = await readBody(c, streamChatBody);
    const session = find(c.req.param('session_id'), project_id);
    const { session_id } = session;
    const named = findIndexes(index_ids, project_id);
    requireWithin(session, named);
    // A bound session searches all that it is bound to, whichever of these the message names.
    const bound = session.index_ids ?? [];
    const indexes = bound.length === 0 ? named : findIndexes(bound, project_id);
    indexes.forEach(requireSearchable);
    if (turns.isRunning(session_id)) {
      throw new ApiProblem(
        409,
        `Chat session ${session_id} is answering another message; wait for its stop event`,
      );
    }

    const history = spokenEvents(database, session_id);
    startChatTurn(database, session_id, {
      prompt,
      title: titleOf(prompt),
      exportConfigIds: indexes.map(({ export_config_id }) => export_config_id),
    });
    const turn = { question: prompt, history, indexIds: indexes.map(({ id }) => id) };
    const events = turns.start(session_id, agentFor(turn));
    const response = streamSSE(c, (stream) => sendEvents(stream, events, heartbeat));
    // The connection ends with the stream, so that a cloud that closes need not wait for it.
    response.headers.set('connection', 'close');
    return response;
  });

  return app;
}

/** Sends events until the last one, or until the client goes away; the turn goes on without it. */
async function sendEvents(
  stream: SSEStreamingApi,
  events: ReadableStream<ChatEvent>,
  heartbeat: number,
): Promise<void> {
  const timer = setInterval(() => void stream.write(': heartbeat\n\n'), heartbeat);
  const reader = events.getReader();
  stream.onAbort(() => void reader.cancel());
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const { type } = next.value;
      const isDelta = type === 'text_delta' || type === 'thinking_delta';
      const data = JSON.stringify(next.value);
      await stream.writeSSE({ event: isDelta ? 'delta' : 'message', data });
    }
  } finally {
    clearInterval(timer);
  }
}

/** A bound session takes messages for its own indexes only. */
function requireWithin({ session_id, index_ids }: ChatSession, named: readonly Index[]): void {
  const bound = index_ids ?? [];
  const other = named.find(({ id }) => !bound.includes(id));
  if (bound.length > 0 && other !== undefined) {
    throw new ApiProblem(
      409,
      `Chat session ${session_id} is bound to ${bound.join(', ')} and cannot search ${other.id}; create another session for it`,
    );
  }
}
