import { firstValueFrom, lastValueFrom, type Observable, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connect, type Connection } from '../../src/http/connection.ts';
import { type Answerer, startServer } from './server.ts';

/** One call of one source, what it puts on the wire and what it makes of the answer. */
export interface Operation {
  /** The function's name. */
  readonly name: string;
  /** `url` is the server's, for what is not addressed through the connection. */
  readonly call: (connection: Connection, url: string) => Observable<unknown>;
  /** Method, path and query, as they are on the wire. */
  readonly sends: string;
  /** The JSON sent. No body at all when left out. */
  readonly body?: unknown;
  /** Headers beside the usual ones; `undefined` for one that must not be there. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Status of the answer. @defaultValue 200 */
  readonly status?: number;
  /** What is answered: JSON, or text as it is. Nothing when left out. */
  readonly answer?: unknown;
  /** What the answer says it is. @defaultValue `application/json` */
  readonly contentType?: string;
  readonly emits: readonly unknown[];
}

/** An id that is only itself when it is percent-encoded, and how it looks then. */
export const id = 'a:b+é';
export const encodedId = 'a%3Ab%2B%C3%A9';

export function connectTo(url: string): Connection {
  return connect({ token: 'llx-test', baseUrl: url, retry: { attempts: 1 } });
}

/** Checks of every operation alike: what is sent, when, how often, and that unsubscribing ends it. */
export function describeOperations(operations: readonly Operation[]): void {
  describe.each(operations)('$name', ({ call, sends, body, headers, emits, ...given }) => {
    const content = typeof given.answer === 'string' ? given.answer : JSON.stringify(given.answer);
    const answer: Answerer = (_, response) => {
      response.writeHead(given.status ?? 200, {
        'content-type': given.contentType ?? 'application/json',
      });
      response.end(content);
    };

    it('sends what the API expects and emits its answer', async () => {
      await using server = await startServer(answer);
      const emitted = call(connectTo(server.url), server.url).pipe(toArray());
      expect(await firstValueFrom(emitted)).toEqual(emits);

      const [seen] = server.requests;
      expect(`${seen?.method} ${seen?.url}`).toBe(sends);
      const expected = { authorization: 'Bearer llx-test', ...headers };
      for (const [name, value] of Object.entries(expected)) {
        expect(seen?.headers[name], name).toBe(value);
      }
      expect(seen?.body.toString('utf8')).toBe(body === undefined ? '' : JSON.stringify(body));
      expect(seen?.headers['content-type']).toBe(
        body === undefined ? undefined : 'application/json',
      );
    });

    it('sends nothing before it is subscribed and one request for each subscription', async () => {
      await using server = await startServer(answer);
      const source = call(connectTo(server.url), server.url);
      expect(server.sockets()).toBe(0);

      await lastValueFrom(source, { defaultValue: undefined });
      await lastValueFrom(source, { defaultValue: undefined });
      expect(server.requests).toHaveLength(2);
    });

    it('closes the socket when it is unsubscribed', async () => {
      await using server = await startServer(() => undefined);
      const subscription = call(connectTo(server.url), server.url).subscribe();
      await server.until(() => server.requests.length === 1);
      expect(server.sockets()).toBe(1);

      subscription.unsubscribe();
      await server.until(() => server.sockets() === 0);
    });
  });
}
