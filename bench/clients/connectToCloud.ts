import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { connect, type Connection } from 'rx-llamacloud';

/**
 * A connection, with so many sockets, to an embedded cloud with nothing in it that has a process of its own. The cloud
 * ends, and removes what it keeps, with this process.
 */
export async function connectToCloud(concurrency: number): Promise<Connection> {
  const { execArgv } = process;
  const child = fork(join(import.meta.dirname, '../server/cloud.ts'), { execArgv });
  const [{ url, token }] = (await once(child, 'message')) as [{ url: string; token: string }];
  return connect({ baseUrl: url, token, concurrency });
}
