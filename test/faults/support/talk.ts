import { concatMap, map, type Observable } from 'rxjs';
import type { LocalCloud } from 'rx-llamacloud-local';
import { createChatSession, getChatSession, streamChat } from '../../../src/sources/chat.ts';
import { createDirectory } from '../../../src/sources/directories.ts';
import { createIndex } from '../../../src/sources/indexes.ts';
import type { ChatEvent } from '../../../src/types/chat.ts';
import { resumeChat } from '../../../src/workflows/resumeChat.ts';
import type { FaultRun } from './faultRun.ts';

/** The embedded cloud with an index to talk about; that there is nothing in it takes no turn away. */
export interface Talk {
  readonly cloud: LocalCloud;
  /** Creates a session, of which `say` and `resume` say the same, and `history` tells what is kept of it. */
  readonly begin: () => Promise<{
    readonly say: Observable<ChatEvent>;
    readonly resume: Observable<ChatEvent>;
    readonly history: Observable<readonly ChatEvent[]>;
  }>;
}

/** Starts one. */
export async function startTalk(run: FaultRun): Promise<Talk> {
  const cloud = await run.cloud();
  const connection = run.connect(cloud);
  const [index] = await run.valuesOf(
    createDirectory(connection, { name: 'reports' }).pipe(
      concatMap(({ id }) => createIndex(connection, { source_directory_id: id })),
    ),
  );
  const body = { index_ids: [index?.id ?? ''], prompt: 'What grew?' };
  return {
    cloud,
    async begin() {
      const [session] = await run.valuesOf(createChatSession(connection));
      const id = session?.session_id ?? '';
      return {
        say: streamChat(connection, id, body),
        resume: resumeChat(connection, id, body, { interval: { min: 1, max: 5 } }),
        history: getChatSession(connection, id).pipe(map(({ events }) => events)),
      };
    },
  };
}
