import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** A `/chat/completions` on loopback that says "Well" to each request and then waits to be told what to do. */
export interface StandInModel extends AsyncDisposable {
  readonly baseUrl: string;
  /** Resolves with the response to the next request, whose answer has begun. */
  readonly asked: () => Promise<ServerResponse>;
}

/** A chunk of a streamed completion. */
export function completionChunk(content: string, finish_reason: string | null = null): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason }] })}\n\n`;
}

export async function startStandInModel(): Promise<StandInModel> {
  const server = createServer((request, response) => {
    void text(request).then(() => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(completionChunk('Well'));
      server.emit('asked', response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    baseUrl: `http://127.0.0.1:${port ?? 0}/v1`,
    async asked() {
      const [response] = (await once(server, 'asked')) as [ServerResponse];
      return response;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
