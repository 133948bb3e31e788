import type { IncomingMessage, ServerResponse } from 'node:http';
import { fromEvent, type Observable } from 'rxjs';
import type { Outlet } from './deliver.ts';
import { eventStreamHeaders } from './eventStreamHeaders.ts';
import { opening } from './opening.ts';
import { encodeMessage, type SseMessage } from './sseMessage.ts';

/** Answers a request of `node:http` with the messages that `sent` emits, as fast as the socket takes them. */
export function handle(
  request: IncomingMessage,
  response: ServerResponse,
  sent: (outlet: Outlet) => Observable<SseMessage>,
): void {
  // A client that left while a middleware was at work is announced no more.
  if (response.destroyed) {
    return;
  }
  response.writeHead(200, eventStreamHeaders());
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  response.write(opening);
  const subscription = sent({
    lastEventId: request.headers['last-event-id']?.toString(),
    isReady: () => !response.writableNeedDrain,
    ready: fromEvent(response, 'drain'),
  }).subscribe({
    next: (message) => response.write(encodeMessage(message)),
    error: () => response.destroy(),
    complete: () => response.end(),
  });
  response.once('close', () => subscription.unsubscribe());
}
