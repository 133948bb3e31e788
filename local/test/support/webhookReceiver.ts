import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A call that a receiver got. */
export interface Call {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** On the clock of `performance.now()`. */
  readonly at: number;
}

/** The message of a call with the output format `json`. */
export interface WebhookMessage {
  readonly event_id: string;
  readonly event_type: string;
  readonly timestamp: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A server that webhooks are sent to. */
export interface WebhookReceiver extends AsyncDisposable {
  readonly url: string;
  readonly calls: readonly Call[];
  /** How it answers; 200 until it is told otherwise. */
  answer: (call: Call, response: ServerResponse) => void;
}

export function messageOf({ body }: Call): WebhookMessage {
  return JSON.parse(body) as WebhookMessage;
}

/** Starts a receiver on a free port of this machine. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { url: path = '', headers } = request;
      const call = { path, headers, body, at: performance.now() };
      calls.push(call);
      receiver.answer(call, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${port}`,
    calls,
    answer: (_call, response) => response.end(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}
