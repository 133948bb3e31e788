import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** A server that answers every request with chat events without end, as fast as they are taken. */
export interface Flood extends AsyncDisposable {
  readonly url: string;
  /** How many bytes the system has taken from the server so far. */
  readonly written: () => number;
}

/** The size of each event. */
export const FLOOD_EVENT = 16_384;

/**
 * Starts one on a thread of its own, so that it goes on when this one is busy: what it gets rid of then has been taken
 * by the system's buffers.
 */
export async function startFlood(): Promise<Flood> {
  const events = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     const event = 'data: ' + JSON.stringify({ type: 'text_delta', content: '' }).padEnd(${FLOOD_EVENT} - 8) + '\\n\\n';
     const server = require('node:http').createServer((request, response) => {
       request.resume();
       response.writeHead(200, { 'content-type': 'text/event-stream' });
       const taken = (error) => error || Atomics.add(workerData, 0, 1);
       const pour = () => {
         while (!response.destroyed && response.write(event, taken));
       };
       response.on('drain', pour);
       pour();
     });
     server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
    { eval: true, workerData: events },
  );
  const [port] = (await once(worker, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}`,
    written: () => Atomics.load(events, 0) * FLOOD_EVENT,
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
