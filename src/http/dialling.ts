import { AsyncLocalStorage } from 'node:async_hooks';
import { isIP, Socket } from 'node:net';
import { buildConnector } from 'undici';
import type { LinkPolicy } from './linkPolicy.ts';
import { notPublic, publicLookup } from './publicAddress.ts';

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

/**
 * undici's own connector for HTTP/1.1, for use with {@link dialling}. With `links.publicOnly` it connects to public
 * addresses only, but for the API's own origin: all that goes elsewhere follows a link.
 *
 * @param timeout - In milliseconds, 0 for none.
 */
export function diallingConnector(timeout: number, links: LinkPolicy): buildConnector.connector {
  const options = { allowH2: false, timeout };
  const connect: Dialler = buildConnector(options);
  const connectToPublic: Dialler = buildConnector({
    ...options,
    lookup: publicLookup(links.local),
  });

  return (target, callback) => {
    const guarded = links.publicOnly && `${target.protocol}//${target.host ?? ''}` !== links.origin;
    // An address is not looked up.
    const refusal =
      guarded && isIP(target.hostname) > 0
        ? notPublic(target.hostname, target.hostname, links.local)
        : undefined;
    if (refusal) {
      queueMicrotask(() => callback(refusal, null));
      return;
    }
    const socket = (guarded ? connectToPublic : connect)(target, callback);
    const dial = dials.getStore();
    if (dial && socket instanceof Socket) {
      dial.socket = socket;
    }
  };
}

type Dialler = (...call: Parameters<buildConnector.connector>) => unknown;
