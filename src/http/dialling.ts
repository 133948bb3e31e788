import { AsyncLocalStorage } from 'node:async_hooks';
import { Socket } from 'node:net';
import { buildConnector } from 'undici';

/**
 * A request on its way to a socket. undici can take a request back only once its socket is connected; until
 * then the socket itself is what can be closed.
 */
export interface Dial {
  /** The socket that is being connected for the request, when it needs a new one. */
  socket?: Socket;
}

const dials = new AsyncLocalStorage<Dial>();

/** Runs `dispatch`; a socket that is connected on its behalf is put into `dial`. */
export function dialling(dial: Dial, dispatch: () => void): void {
  dials.run(dial, dispatch);
}

/** undici's own connector for HTTP/1.1, for use with {@link dialling}. `timeout` in milliseconds, 0 for none. */
export function diallingConnector(timeout: number): buildConnector.connector {
  const connect: (...call: Parameters<buildConnector.connector>) => unknown = buildConnector({
    allowH2: false,
    timeout,
  });
  return (options, callback) => {
    const socket = connect(options, callback);
    const dial = dials.getStore();
    if (dial && socket instanceof Socket) {
      dial.socket = socket;
    }
  };
}
