import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { PlaceInAnswer } from './fault.ts';
import type { FaultedRequest } from './faultedRequest.ts';
import { bodyOf, headOf } from './faultedRequest.ts';

/** Time that what was sent before a reset has to arrive, in milliseconds. */
const arrival = 20;

/** Resets the connection at that place of the answer. */
export async function resetConnection(
  place: PlaceInAnswer,
  faulted: FaultedRequest,
): Promise<void> {
  await sendUpTo(place, faulted);
  if (place !== 'before-headers') {
    // A reset may overtake what was sent before it: the receiver then throws it away.
    await wait(arrival);
  }
  faulted.outgoing.socket?.resetAndDestroy();
}

/** Sends nothing from that place of the answer on, until the client leaves or the cloud closes. */
export async function stallConnection(
  place: PlaceInAnswer,
  faulted: FaultedRequest,
): Promise<void> {
  await sendUpTo(place, faulted);
  if (!faulted.gone.aborted) {
    await once(faulted.gone, 'abort');
  }
  faulted.outgoing.destroy();
}

async function sendUpTo(place: PlaceInAnswer, faulted: FaultedRequest): Promise<void> {
  const { incoming, outgoing } = faulted;
  if (place === 'before-headers') {
    incoming.resume();
    return;
  }
  if (place === 'in-headers') {
    incoming.resume();
    await writeRaw(outgoing.socket, 'HTTP/1.1 200 OK\r\ncontent-type: applica');
    return;
  }
  const response = await faulted.answer();
  const { status, headers } = headOf(response);
  outgoing.writeHead(status, headers).flushHeaders();
  let left = place;
  for await (const chunk of bodyOf(response)) {
    if (left === 0) {
      return;
    }
    const piece = chunk.subarray(0, left);
    left -= piece.length;
    await new Promise<void>((resolve) => outgoing.write(piece, () => resolve()));
  }
}

/** Past the answer's own writer, which knows no half headers. */
async function writeRaw(socket: Socket | null, text: string): Promise<void> {
  await new Promise<void>((resolve) => {
    if (socket === null) {
      resolve();
    } else {
      socket.write(text, () => resolve());
    }
  });
}
