import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { connect, type Connection } from 'rx-llamacloud';

/** A cloud that runs. Ends, and removes what it keeps, with this process. */
export interface CloudProcess {
  readonly url: string;
  readonly token: string;
  readonly stop: () => Promise<void>;
}

/** Starts a cloud with nothing in it. */
export async function startCloudProcess(): Promise<CloudProcess> {
  const child = fork(join(import.meta.dirname, '../server/cloud.ts'), {
    execArgv: process.execArgv,
  });
  const [address] = (await once(child, 'message')) as [Pick<CloudProcess, 'url' | 'token'>];
  return {
    ...address,
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** A connection to a new cloud, with so many sockets. */
export async function connectToCloud(concurrency: number): Promise<Connection> {
  const { url, token } = await startCloudProcess();
  return connect({ baseUrl: url, token, concurrency });
}
