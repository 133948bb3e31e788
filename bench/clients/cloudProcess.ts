/** The embedded cloud in a process of its own. This file is the process, too. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Connection } from 'rx-llamacloud';
import { startLocalCloud } from 'rx-llamacloud-local';

/** A cloud that runs. Ends, and removes what it keeps, with this process. */
export interface CloudProcess {
  readonly url: string;
  readonly token: string;
  readonly stop: () => Promise<void>;
}

/** Starts a cloud with nothing in it. */
export async function startCloudProcess(): Promise<CloudProcess> {
  const child = fork(import.meta.filename, { execArgv: process.execArgv });
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

if (import.meta.main) {
  const cloud = await startLocalCloud();
  const { url, token } = cloud;
  process.once('disconnect', () => void cloud.close().then(() => process.exit()));
  process.send?.({ url, token });
}
