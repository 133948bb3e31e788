import { isIP, Socket } from 'node:net';
import { Agent, buildConnector, Client, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import type { LinkPolicy } from './linkPolicy.ts';
import type { EnvProxies } from './proxyFromEnv.ts';
import { notPublic, publicLookup } from './publicAddress.ts';
import { type Connect, isConnector, throughProxy, toProxy } from './proxyConnector.ts';

/**
 * A request on its way to a socket. undici can take a request back only once its socket is connected; until
 * then the socket itself is what can be closed.
 */
export interface Dial {
  /** The socket that is being connected for the request, when it needs a new one. */
  socket?: Socket;
  /** Why no socket is to be connected for it any more. */
  hungUp?: Error;
}

/** The dial of the request that is being dispatched; undici hands a request to its client in the same call. */
let current: Dial | undefined;

/** Runs `dispatch`; a socket that is connected for its request, by then or later, is put into `dial`. */
export function dialling(dial: Dial | undefined, dispatch: () => void): void {
  const outer = current;
  current = dial;
  try {
    dispatch();
  } finally {
    current = outer;
  }
}

/** Closes the socket that is being connected, and the one that is yet to be: undici may take a turn to begin. */
export function hangUp(dial: Dial, reason: Error): void {
  dial.hungUp = reason;
  dial.socket?.destroy(reason);
}

/**
 * An undici agent for HTTP/1.1 that takes part in {@link dialling}, also where it goes through a proxy. With
 * `links.publicOnly` it connects to public addresses only, but for the API's own origin: all that goes elsewhere follows a
 * link.
 *
 * @param timeout - How long connecting may take in milliseconds, 0 for no limit.
 */
export function diallingAgent(
  timeout: number,
  links: LinkPolicy,
  proxies: EnvProxies | undefined,
): Dispatcher {
  const direct = connectorOf(timeout, links);
  const agent = { allowH2: false, pipelining: 1 };
  if (!proxies) {
    return new Agent({
      ...agent,
      factory: (origin, options: object) => dialledPool(origin, options, direct),
    });
  }
  const addresses = [proxies.http, proxies.https].map((proxy) => proxy && new URL(proxy).origin);
  /** Where undici brings a connector, it goes through a proxy, or to the proxy itself. */
  const connectorFor = (origin: string | URL, given: unknown): Connect => {
    if (!isConnector(given)) {
      return direct;
    }
    return addresses.includes(new URL(origin).origin)
      ? toProxy(origin, given)
      : throughProxy(given, timeout);
  };
  return new EnvHttpProxyAgent({
    ...agent,
    httpProxy: proxies.http ?? '',
    httpsProxy: proxies.https ?? proxies.http ?? '',
    connectTimeout: timeout,
    factory: (origin, options: { connect?: unknown }) =>
      dialledPool(origin, options, connectorFor(origin, options.connect)),
    clientFactory: (origin, options: { connect?: unknown }) =>
      dialledPool(origin, options, connectorFor(origin, options.connect)),
  });
}

function dialledPool(origin: string | URL, options: object, connect: Connect): Pool {
  const clientOf = (target: string | URL, given: object): Client => {
    const client: DialledClient = new DialledClient(target, {
      ...given,
      connect(address, callback) {
        const { dial } = client;
        // A proxy's client, which is asked for a tunnel within, takes over whom it is for.
        let socket: unknown;
        dialling(dial, () => (socket = connect(address, callback)));
        if (dial && socket instanceof Socket) {
          dial.socket = socket;
          if (dial.hungUp) {
            socket.destroy(dial.hungUp);
          }
        }
      },
    });
    return client;
  };
  return new Pool(origin, { ...options, factory: clientOf });
}

/**
 * Knows whom it connects for: of one request at a time, the last that it was given. Who calls the connector cannot
 * tell. Where a socket goes down with a request waiting for it, that is the end of the socket.
 */
class DialledClient extends Client {
  dial: Dial | undefined;

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    this.dial = current;
    return super.dispatch(options, handler);
  }
}

/** undici's own connector, with a guard at the addresses that links lead to. */
function connectorOf(timeout: number, links: LinkPolicy): Connect {
  const options = { allowH2: false, timeout };
  const connect: Connect = buildConnector(options);
  const connectToPublic: Connect = buildConnector({
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
      return undefined;
    }
    return (guarded ? connectToPublic : connect)(target, callback);
  };
}
