import { config, lastValueFrom, type Observable, VirtualTimeScheduler } from 'rxjs';
import { expect } from 'vitest';
import { close } from '../../../src/http/close.ts';
import { connect, type Connection } from '../../../src/http/connection.ts';
import { watch } from '../../faults/support/watched.ts';
import type { Site, State } from './states.ts';
import { turns } from './turns.ts';

/** Makes a source; `url` is the server's. All that waits does so on the scheduler, where time stands still. */
export type Start = (
  connection: Connection,
  url: string,
  scheduler: VirtualTimeScheduler,
) => Observable<unknown>;

/** How long the server may take to see that a socket was closed, in milliseconds. */
const PROMPT = 50;

/**
 * Brings a source to a state, unsubscribes it there, and checks that this is the end of it: no timer is left, nothing
 * is sent however much time passes, nothing is emitted, not even to an operator on the way; the sockets are closed,
 * and the connection has nothing under way. That no rejection is left unhandled is checked by vitest.
 *
 * How long the sockets take is measured up to three times, as the machine may be busy with other things.
 */
export async function endsWhenUnsubscribed(
  start: Start,
  state: State,
  hole: string,
): Promise<void> {
  let took = Infinity;
  for (let tries = 0; tries < 3 && took > PROMPT; tries += 1) {
    await using site = await state.open(hole);
    took = await unsubscribedAt(start, state, site);
  }
  expect(took, 'milliseconds until the sockets were closed').toBeLessThanOrEqual(PROMPT);
}

/** The milliseconds that the sockets took to be closed. */
async function unsubscribedAt(start: Start, state: State, site: Site): Promise<number> {
  const { url, sockets, requests, until } = site;
  const { others = 0 } = state;
  const scheduler = new VirtualTimeScheduler();
  const connection = connect({ token: 'llx-test', baseUrl: url, scheduler, ...state.config });
  await state.prepare?.(connection);
  await turns(1);
  const timers = scheduler.actions.length;

  const reached = state.reached(connection, site);
  const one = watch(start(connection, url, scheduler));
  await reached;
  const sent = requests();
  expect(one.ended(), 'an end before the unsubscribe').toBe(false);

  using late = noteDropped();
  const began = performance.now();
  one.unsubscribe();
  await until(() => sockets() <= others);
  const took = performance.now() - began;

  expect(scheduler.actions.length, 'timers').toBe(timers);
  // Whoever still waits for his time gets all of it.
  scheduler.flush();
  await turns(5);
  expect(requests(), 'requests').toBe(sent);
  expect(late.dropped, 'notifications').toEqual([]);
  one.check();
  await lastValueFrom(close(connection));
  return took;
}

/** Notes the notifications that rxjs drops as they come after an end, or after an unsubscribe. */
function noteDropped(): { readonly dropped: string[] } & Disposable {
  const dropped: string[] = [];
  const before = config.onStoppedNotification;
  config.onStoppedNotification = ({ kind }) => dropped.push(kind);
  return {
    dropped,
    [Symbol.dispose]: () => {
      config.onStoppedNotification = before;
    },
  };
}
