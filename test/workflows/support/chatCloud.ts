import { concatMap, filter, last, lastValueFrom, map } from 'rxjs';
import { type LocalCloud, startLocalCloud } from 'rx-llamacloud-local';
import { connect, type Connection } from '../../../src/http/connection.ts';
import { createChatSession } from '../../../src/sources/chat.ts';
import { createDirectory } from '../../../src/sources/directories.ts';
import { uploadDirectoryFile } from '../../../src/sources/directoryFiles.ts';
import { createIndex, watchIndex } from '../../../src/sources/indexes.ts';

/** An embedded cloud with an index to talk about. */
export interface ChatCloud extends AsyncDisposable {
  readonly cloud: LocalCloud;
  readonly connection: Connection;
  readonly indexId: string;
  /** Creates a session; resolves to its id. */
  readonly newSession: () => Promise<string>;
}

const text = `# Harvest report

The harvest of 2025 was the largest since records began. Apples grew by twelve percent, because the spring was mild.
Pears did not grow at all. The growers built a new cold store in Grafton, which holds four thousand crates.

## Outlook

The growers expect a smaller harvest in 2026, because the trees need a rest. Prices are expected to rise.
`;

/** Starts it, with one short file in the index. */
export async function startChatCloud(): Promise<ChatCloud> {
  const cloud = await startLocalCloud();
  const connection = connect({
    baseUrl: cloud.url,
    token: cloud.token,
    retry: { attempts: 2, maxDelay: 5 },
  });
  const index = createDirectory(connection, { name: 'reports' }).pipe(
    concatMap(({ id }) =>
      uploadDirectoryFile(connection, id, { upload_file: new File([text], 'harvest.md') }).pipe(
        last(),
        map(() => id),
      ),
    ),
    concatMap((source_directory_id) => createIndex(connection, { source_directory_id })),
    concatMap(({ id }) => watchIndex(connection, id, { interval: { min: 20, max: 50 } })),
    filter(({ metadata }) => metadata?.status === 'ready'),
  );
  const { id: indexId } = await lastValueFrom(index);
  return {
    cloud,
    connection,
    indexId,
    newSession: async () => (await lastValueFrom(createChatSession(connection))).session_id,
    [Symbol.asyncDispose]: () => cloud.close(),
  };
}
