import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** A port that no connection to is ever made: what knocks there hears nothing. */
export interface BlackHole extends AsyncDisposable {
  readonly url: string;
}

/**
 * Opens one: a server that takes no connection, on a thread that is asleep, with its queue filled up. From then on the
 * system passes over every further attempt (SYN) in silence, as a firewall does.
 */
export async function openBlackHole(): Promise<BlackHole> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
     });`,
    { eval: true },
  );
  const [port] = (await once(worker, 'message')) as [number];
  const opened = new AsyncDisposableStack();
  opened.defer(async () => {
    await worker.terminate();
  });
  for (let taken = true; taken;) {
    const socket = connect(port, '127.0.0.1');
    opened.defer(() => {
      socket.destroy();
    });
    taken = await Promise.race([once(socket, 'connect').then(() => true), wait(40, false)]);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
