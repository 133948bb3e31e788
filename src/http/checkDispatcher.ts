import { Dispatcher } from 'undici';
import { kindOf } from '../checks/shown.ts';

/**
 * Looks whether a dispatcher can carry requests. Those of undici 6 take other handlers, and those of undici 7, which Node 22
 * and 24 have inside, never tell how much of a body was sent. What is made by hand is trusted.
 *
 * @throws TypeError that says which undici is needed.
 */
export function checkDispatcher(given: Dispatcher): void {
  const dispatcher: unknown = given;
  const isOne =
    typeof dispatcher === 'object' &&
    dispatcher !== null &&
    'dispatch' in dispatcher &&
    typeof dispatcher.dispatch === 'function';
  if (!isOne) {
    throw new TypeError(
      `connect: dispatcher must be one of undici 8, such as its ProxyAgent, got ${kindOf(dispatcher)}`,
    );
  }
  if (!(dispatcher instanceof Dispatcher) && takesOldHandlers(dispatcher)) {
    throw new TypeError(
      'connect: the dispatcher is of undici 7 or older, or the one inside of Node, which does not tell how much of an ' +
        'upload was sent. Install undici 8 and take the dispatcher from it',
    );
  }
}

/** Asked with a handler that is none, an undici says which functions it wants, and sends nothing. */
function takesOldHandlers(dispatcher: object): boolean {
  const prototype = Object.getPrototypeOf(dispatcher) as Partial<Dispatcher>;
  if (!isOfUndici(prototype) || typeof prototype.dispatch !== 'function') {
    return false;
  }
  try {
    // The class's own, past interceptors, which would put a handler of theirs in between. Nobody listens at this port.
    prototype.dispatch.call(
      dispatcher as Dispatcher,
      { origin: 'http://127.0.0.1:0', path: '/', method: 'GET' },
      {},
    );
  } catch (error) {
    return error instanceof Error && /onConnect|onError/.test(error.message);
  }
  return false;
}

/** By the name of the class that all of them inherit from, since another copy of undici has a class of its own. */
function isOfUndici(prototype: object | null): boolean {
  for (let one = prototype; one; one = Object.getPrototypeOf(one) as object | null) {
    if (one.constructor.name === 'Dispatcher') {
      return true;
    }
  }
  return false;
}
