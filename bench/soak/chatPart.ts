import { concatMap, from, lastValueFrom, map, type Observable, toArray } from 'rxjs';
import type * as operations from '../../src/sources/chat.ts';
import {
  createChatSession,
  deleteChatSession,
  generateChatSessionTitle,
  getChatSession,
  getChatSessionSummary,
  listChatSessions,
  streamChat,
} from '../../src/sources/chat.ts';
import type { ChatEvent } from '../../src/types/chat.ts';
import { resumeChat } from '../../src/workflows/resumeChat.ts';
import type { Library } from './library.ts';
import { demand, type PartOf, type Soak } from './part.ts';
import { Pool } from './pool.ts';

/** A session, and what was said in it. */
interface Session {
  readonly id: string;
  readonly prompts: string[];
}

/** Conversations in which every message is another one. */
export function chatPart(soak: Soak, { indexId }: Library): PartOf<typeof operations> {
  const { connection, ledger, mark } = soak;
  const sessions = new Pool<Session>();
  const index_ids = [indexId];

  const say = async (
    { prompts }: Session,
    turn: (prompt: string) => Observable<ChatEvent>,
  ): Promise<void> => {
    const prompt = mark('Where do herons live? Message');
    prompts.push(prompt);
    const last = await ledger.make('message', prompt, turn(prompt));
    demand(last.type === 'stop' && !last.is_error, `the turn of "${prompt}" ended badly`);
  };

  return {
    steps: {
      async createChatSession() {
        const creation = createChatSession(connection, { index_ids });
        const { session_id: id } = await ledger.makeUnmarked(
          'session',
          creation,
          ({ session_id }) => session_id,
        );
        sessions.put({ id, prompts: [] });
        return true;
      },
      streamChat: () =>
        sessions.lend((session) =>
          say(session, (prompt) => streamChat(connection, session.id, { index_ids, prompt })),
        ),
      getChatSession: () =>
        sessions.lend(async ({ id, prompts }) => {
          const { events } = await lastValueFrom(getChatSession(connection, id));
          const said = saidIn(events);
          demand(
            said.join() === prompts.join(),
            `session ${id} has other messages: ${said.join()}`,
          );
        }),
      getChatSessionSummary: () =>
        sessions.lend(async ({ id }) => {
          const { session_id } = await lastValueFrom(getChatSessionSummary(connection, id));
          demand(session_id === id, `the summary of ${id} is that of ${session_id}`);
        }),
      generateChatSessionTitle: () =>
        sessions.lend(async ({ id }) => {
          const body = { first_message: 'Where do herons live?' };
          const titled = generateChatSessionTitle(connection, id, body);
          demand(Boolean((await lastValueFrom(titled)).generated_title), `${id} has no title`);
        }),
      listChatSessions: () =>
        sessions.lend(async ({ id }) => {
          const found = await lastValueFrom(
            listChatSessions(connection, { page_size: 10 }).pipe(toArray()),
          );
          const times = found.filter(({ session_id }) => session_id === id).length;
          demand(times === 1, `session ${id} was listed ${times} times`);
        }),
      deleteChatSession: () =>
        sessions.spend(async ({ id, prompts }) => {
          ledger.doubt('message', prompts);
          await ledger.remove('session', [id], deleteChatSession(connection, id));
          ledger.forget('message', prompts);
        }),
    },
    workflows: {
      resumeChat: () =>
        sessions.lend((session) =>
          say(session, (prompt) =>
            resumeChat(
              connection,
              session.id,
              { index_ids, prompt },
              { interval: { min: 50, max: 500 }, arrival: 2_000, timeout: 20_000 },
            ),
          ),
        ),
    },
    async remains(rested) {
      const found = await lastValueFrom(listChatSessions(rested).pipe(toArray()));
      const ids = found.map(({ session_id }) => session_id);
      const histories = from(ids).pipe(
        concatMap((id) => getChatSession(rested, id)),
        map(({ events }) => saidIn(events)),
        toArray(),
      );
      return { session: ids, message: (await lastValueFrom(histories)).flat() };
    },
  };
}

function saidIn(events: readonly ChatEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'user_input' ? [event.content] : []));
}
