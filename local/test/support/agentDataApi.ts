import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { insertAgentData } from '../../src/store/agentData.ts';
import { cloudSchema } from '../../src/store/cloudSchema.ts';
import { openDatabase } from '../../src/store/openDatabase.ts';
import { setting } from '../../src/store/settings.ts';
import { checkedFetch } from './checkedFetch.ts';

/** An answer of the server: its status, and its body read as JSON. */
interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** The agent data operations of a running cloud, over its socket. */
export interface AgentDataApi extends AsyncDisposable {
  /** Sends a request to a path below `/api/v1/beta/agent-data`. A text is sent as it is. */
  send(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Stores records in the collection `default` of the deployment `tests`, in order. */
  store(...data: readonly object[]): Promise<readonly string[]>;
  /** What a search finds: of each record, the field `name` of its data. */
  names(body: object): Promise<readonly unknown[]>;
}

/** Starts a cloud on a free port. `stored` are in the deployment `tests` from the start. */
export async function startAgentDataApi(stored: readonly object[] = []): Promise<AgentDataApi> {
  await using opened = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), 'agent-data-'));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  seed(join(dataDir, 'cloud.db'), stored);
  const cloud = opened.use(await startLocalCloud({ dataDir }));
  const running = opened.move();

  const send = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await checkedFetch(`${cloud.url}/api/v1/beta/agent-data${path}`, {
      method,
      headers: { authorization: `Bearer ${cloud.token}`, 'content-type': 'application/json' },
      body: body === undefined || typeof body === 'string' ? (body ?? null) : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, text, json: JSON.parse(text) as Record<string, unknown> };
  };

  return {
    send,
    async store(...data) {
      const ids: string[] = [];
      for (const one of data) {
        const { json } = await send('POST', '', { deployment_name: 'tests', data: one });
        ids.push(String(json.id));
      }
      return ids;
    },
    async names(body) {
      const { json } = await send('POST', '/:search', { deployment_name: 'tests', ...body });
      return itemsOf(json).map(({ data }) => (data as Record<string, unknown>).name);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Stores many records in one transaction: one by one, each would wait for the disk. */
function seed(path: string, stored: readonly object[]): void {
  const database = openDatabase(path, cloudSchema);
  const project_id = setting(database, 'project_id', randomUUID);
  database.transaction(() => {
    for (const data of stored) {
      const place = { project_id, deployment_name: 'tests', collection: 'default' };
      insertAgentData(database, { ...place, data: { ...data } });
    }
  });
  database.db.close();
}

/** The items of a page. */
export function itemsOf(page: Record<string, unknown>): readonly Record<string, unknown>[] {
  return page.items as readonly Record<string, unknown>[];
}
