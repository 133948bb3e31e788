import { once } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** A request that a fault meets. */
export interface FaultedRequest {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly request: Request;
  /** Carries the operation out, and gives the answer that would have been sent. */
  readonly answer: () => Promise<Response>;
  /** Aborted when the client has left or the cloud closes. */
  readonly gone: AbortSignal;
}

/** The head of an answer, as Node sends it. */
export interface Head {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
}

/** The real answer's head. */
export function headOf({ status, headers }: Response): Head {
  return { status, headers: Object.fromEntries(headers) };
}

/** The real answer's body, chunk by chunk. */
export async function* bodyOf({ body }: Response): AsyncGenerator<Uint8Array> {
  if (body !== null) {
    // Without a type the chunks of a web stream are `any`.
    const chunks: AsyncIterable<Uint8Array> = body;
    yield* chunks;
  }
}

/** Sends the head at once, and then the body as it comes, waiting for a slow reader. */
export async function sendStream(
  { outgoing, gone }: FaultedRequest,
  { status, headers }: Head,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  outgoing.writeHead(status, headers).flushHeaders();
  for await (const chunk of body) {
    if (!outgoing.write(chunk)) {
      await once(outgoing, 'drain', { signal: gone });
    }
  }
  outgoing.end();
}

/** Sends a whole answer. */
export function sendWhole(
  { incoming, outgoing }: FaultedRequest,
  { status, headers }: Head,
  body: string | Uint8Array = '',
): void {
  // Nobody reads what is left of the request, as when a gateway answers.
  incoming.resume();
  const hasBody = status !== 204 && status !== 304;
  const length = hasBody ? { 'content-length': Buffer.byteLength(body) } : {};
  outgoing.writeHead(status, { ...length, ...headers }).end(hasBody ? body : '');
}
