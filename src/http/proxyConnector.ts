import { type buildConnector, errors } from 'undici';

/** Connects a socket, and gives it where it is there at once. */
export type Connect = (...call: Parameters<buildConnector.connector>) => unknown;

/** Which proxy could not be reached, by the error that says so. */
const proxies = new WeakMap<Error, string>();

/** The host of the proxy that an error of connecting is about; `undefined` when it is about none. */
export function proxyOf(error: Error): string | undefined {
  return proxies.get(error);
}

/** Whether an option of undici is a connector. */
export function isConnector(value: unknown): value is Connect {
  return typeof value === 'function';
}

/** Connects to a proxy itself. */
export function toProxy(proxy: string | URL, connect: Connect): Connect {
  const { host } = new URL(proxy);
  return (target, callback) =>
    connect(target, (...[error, socket]: Parameters<typeof callback>) => {
      if (error) {
        proxies.set(error, host);
        callback(error, null);
      } else {
        callback(null, socket);
      }
    });
}

/**
 * Connects through a proxy, which takes no longer than connecting may: a proxy can be silent after it was reached.
 *
 * @param timeout - In milliseconds, 0 for no limit.
 */
export function throughProxy(connect: Connect, timeout: number): Connect {
  return (target, callback) => {
    let isOver = false;
    const end = (...[error, socket]: Parameters<typeof callback>): void => {
      clearTimeout(timer);
      if (isOver) {
        socket?.destroy();
        return;
      }
      isOver = true;
      if (error) {
        callback(error, null);
      } else {
        callback(null, socket);
      }
    };
    const given = new AbortController();
    const timer =
      timeout > 0
        ? setTimeout(() => {
            const late = new errors.ConnectTimeoutError('the proxy did not connect in time');
            end(late, null);
            given.abort(late);
          }, timeout)
        : undefined;
    timer?.unref();
    // HTTP/2 is not spoken on what is connected this way.
    return connect({ ...target, allowH2: false, signal: given.signal } as typeof target, end);
  };
}
