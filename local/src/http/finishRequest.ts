import type { IncomingMessage } from 'node:http';
import type { MiddlewareHandler } from 'hono';
import type { CloudEnv } from './cloudEnv.ts';

/** Most that is read of a request whose answer is known already, in bytes. */
const longestRemainder = 1024 * 1024;

/** How long such a request may take to arrive, in milliseconds. */
const patience = 1000;

/**
 * Receives the rest of a request that was answered early, such as an upload to a directory that
 * is not there: a client that is still sending when the connection closes may never see the answer.
 *
 * A request that goes on for more than 1 MiB or a second is not read to its end. The connection
 * closes after its answer, so that what remains is not taken for the next request.
 */
export const finishRequest: MiddlewareHandler<CloudEnv> = async (c, next) => {
  await next();
  const { incoming } = c.env;
  if (!incoming.complete) {
    await readRemainder(incoming);
  }
  if (!incoming.complete) {
    c.header('connection', 'close');
  }
};

function readRemainder(incoming: IncomingMessage): Promise<void> {
  if (
    incoming.destroyed ||
    incoming.readableEnded ||
    Number(incoming.headers['content-length']) > longestRemainder
  ) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    let size = 0;
    const count = (chunk: Buffer) => {
      size += chunk.length;
      if (size > longestRemainder) {
        stop();
        return;
      }
      // A handler that left its reading unfinished would pause the request after this part.
      incoming.resume();
    };
    const stop = () => {
      clearTimeout(timer);
      incoming.off('data', count).off('end', stop).off('close', stop).off('error', stop);
      resolve();
    };
    const timer = setTimeout(stop, patience);
    incoming.on('data', count).on('end', stop).on('close', stop).on('error', stop).resume();
  });
}
