import type { ServerResponse } from 'node:http';
import type { Site } from './server.ts';

/** Where the `odd` pieces of a stream end: after so many bytes, over and over. */
const ODD_SIZES = [1, 7, 61, 997, 4093];

/**
 * A chat stream of `events` events in three ways of writing them: `writes=coalesced` in pieces of 64 kB, `each` with one write
 * an event, and `odd` cut in the middle of lines and characters.
 */
export const chat: Site = (knobs) => {
  const events = Array.from({ length: Number(knobs.get('events')) - 1 }, (_, n) =>
    eventOf({ type: 'text_delta', content: `Die Größe von Seite ${n} beträgt 12 €. ` }),
  );
  const usage = { total_input_tokens: 12, total_output_tokens: 34, turns: 1, duration_ms: 56 };
  events.push(eventOf({ type: 'stop', is_error: false, error: null, usage }));
  const pieces =
    knobs.get('writes') === 'each'
      ? events
      : cut(Buffer.concat(events), knobs.get('writes') === 'odd' ? ODD_SIZES : [2 ** 16]);
  return (request, response) => {
    request.resume().once('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      write(response, pieces, 0);
    });
  };
};

function eventOf(event: object): Buffer {
  return Buffer.from(`data: ${JSON.stringify(event)}\n\n`);
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const piece = bytes.subarray(at, at + (sizes[pieces.length % sizes.length] ?? 1));
    pieces.push(piece);
    at += piece.length;
  }
  return pieces;
}

/** Writes as fast as the other side reads. */
function write(response: ServerResponse, pieces: readonly Buffer[], from: number): void {
  for (let at = from; at < pieces.length; at += 1) {
    if (!response.write(pieces[at])) {
      response.once('drain', () => write(response, pieces, at + 1));
      return;
    }
  }
  response.end();
}
