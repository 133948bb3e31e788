import { EMPTY, fromEvent, type Observable, Subject, type Subscription, takeUntil } from 'rxjs';
import type { Outlet } from './deliver.ts';
import { encodeMessage, type SseMessage } from './sseMessage.ts';
import { eventStreamHeaders } from './eventStreamHeaders.ts';
import { opening } from './opening.ts';

/** Bytes that may wait for the client before messages are held back. */
const highWaterMark = 65_536;

/** The answer to a web request: the messages that `sent` emits, as fast as the body is read. */
export function respond(
  request: Request,
  sent: (outlet: Outlet) => Observable<SseMessage>,
): Response {
  if (request.method === 'HEAD') {
    return new Response(null, { headers: eventStreamHeaders() });
  }
  const encoder = new TextEncoder();
  const ready = new Subject<void>();
  let subscription: Subscription | undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(encoder.encode(opening));
        const { signal, headers } = request;
        const lastEventId = headers.get('last-event-id') ?? undefined;
        const isReady = (): boolean => (controller.desiredSize ?? 0) > 0;
        const messages = signal.aborted ? EMPTY : sent({ lastEventId, isReady, ready });
        subscription = messages.pipe(takeUntil(fromEvent(signal, 'abort'))).subscribe({
          next: (message) => controller.enqueue(encoder.encode(encodeMessage(message))),
          error: (error: unknown) => controller.error(error),
          complete: () => controller.close(),
        });
      },
      pull: () => ready.next(),
      cancel: () => subscription?.unsubscribe(),
    },
    { highWaterMark, size: ({ byteLength }) => byteLength },
  );
  return new Response(body, { headers: eventStreamHeaders() });
}
