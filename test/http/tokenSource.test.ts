import { inspect } from 'node:util';
import { firstValueFrom, forkJoin, lastValueFrom, type Observable, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { TokenError } from '../../src/errors.ts';
import { activity } from '../../src/http/activity.ts';
import { close } from '../../src/http/close.ts';
import { connect, type Connection } from '../../src/http/connection.ts';
import type { ConnectionConfig } from '../../src/http/connectionConfig.ts';
import type { TokenFunction } from '../../src/http/tokenSource.ts';
import { streamChat } from '../../src/sources/chat.ts';
import { createDirectory, getDirectory, listDirectories } from '../../src/sources/directories.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { downloadPresignedUrl } from '../../src/sources/presignedUrls.ts';
import { errorOf } from '../support/errorOf.ts';
import { json, startServer, type TestServer } from '../support/server.ts';

function connectTo(
  { url }: TestServer,
  token: TokenFunction,
  config?: ConnectionConfig,
): Connection {
  return connect({ token, baseUrl: url, retry: { maxDelay: 5 }, ...config });
}

function keysOf({ requests }: TestServer): (string | undefined)[] {
  return requests.map(({ headers }) => headers.authorization?.replace('Bearer ', ''));
}

/** Answers 401 to every key but this one. */
function startGuarded(key: string): Promise<TestServer> {
  return startServer(({ headers }, response) => {
    if (headers.authorization === `Bearer ${key}`) {
      json(response, { id: 'x', items: [] });
    } else {
      json(response, { detail: `no such key: ${headers.authorization ?? ''}` }, 401);
    }
  });
}

describe('a function for the key', () => {
  it('is asked when a request is sent, and not before', async () => {
    await using server = await startServer((_, response) => json(response, {}));
    let asked = 0;
    const connection = connectTo(server, () => `key-number-${(asked += 1)}`);
    const call = getDirectory(connection, 'dir-1');
    expect(asked).toBe(0);
    await lastValueFrom(call);
    await lastValueFrom(call);
    expect(keysOf(server)).toEqual(['key-number-1', 'key-number-2']);
  });

  it.each<[string, (connection: Connection) => Observable<unknown>]>([
    ['a read', (connection) => getDirectory(connection, 'dir-1')],
    ['a list', (connection) => listDirectories(connection)],
    ['a creation', (connection) => createDirectory(connection, { name: 'x' })],
    [
      'an upload',
      (connection) => uploadDirectoryFile(connection, 'd', { upload_file: new Uint8Array(9) }),
    ],
    ['a chat', (connection) => streamChat(connection, 's', { prompt: 'x', index_ids: ['i'] })],
  ])('gives the key of %s, and another after a 401', async (name, call) => {
    await using server = await startGuarded('renewed-key');
    const asked: boolean[] = [];
    const connection = connectTo(server, async ({ refused }) => {
      asked.push(refused);
      await Promise.resolve();
      return refused ? 'renewed-key' : 'expired-key';
    });
    const result = lastValueFrom(call(connection), { defaultValue: undefined });
    // The server of this test answers a chat with something else.
    await (name === 'a chat' ? result.catch(() => undefined) : result);
    expect(keysOf(server)).toEqual(['expired-key', 'renewed-key']);
    expect(asked).toEqual([false, true]);
  });

  it('is asked once for requests that wait for a key at the same time', async () => {
    await using server = await startGuarded('renewed-key');
    let asked = 0;
    const connection = connectTo(server, async ({ refused }) => {
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return refused ? 'renewed-key' : 'expired-key';
    });
    const calls = Array.from({ length: 10 }, (_, at) => getDirectory(connection, `dir-${at}`));
    await firstValueFrom(forkJoin(calls));
    expect(server.requests).toHaveLength(20);
    expect(asked).toBeLessThanOrEqual(4);
  });

  it('is not asked a second time for a key that stays the same, and what the server said is told', async () => {
    await using server = await startGuarded('other');
    const connection = connectTo(server, () => 'SECRETKEY123');
    const error = await errorOf(getDirectory(connection, 'dir-1'));
    expect(error).toMatchObject({ name: 'HttpError', status: 401, attempts: 1 });
    expect(String(error)).toContain('no such key: Bearer [redacted]');
    expect(server.requests).toHaveLength(1);
  });

  it('is asked for another key once, however often that is refused', async () => {
    await using server = await startGuarded('other');
    let asked = 0;
    const connection = connectTo(server, () => `SECRETKEY${(asked += 1)}`);
    const error = await errorOf(getDirectory(connection, 'dir-1'));
    expect(error).toMatchObject({ status: 401, attempts: 2 });
    expect(asked).toBe(2);
  });

  it('gives no key to what can be read once and was read', async () => {
    await using server = await startGuarded('renewed-key');
    const connection = connectTo(server, ({ refused }) =>
      refused ? 'renewed-key' : 'expired-key',
    );
    const upload_file = new Blob(['x']).stream();
    const error = await errorOf(uploadDirectoryFile(connection, 'd', { upload_file }));
    expect(error).toMatchObject({ status: 401, attempts: 1 });
  });

  it('gives no key to presigned URLs, also of the API itself', async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(401).end();
    });
    let asked = 0;
    const connection = connectTo(server, () => `SECRETKEY${(asked += 1)}`);
    const link = {
      url: `${server.url}/file`,
      expires_at: '2099-01-01T00:00:00Z',
      form_fields: null,
    };
    await errorOf(downloadPresignedUrl(connection, link));
    expect(keysOf(server)).toEqual([undefined]);
    expect(asked).toBe(0);
  });

  it('has every key it gave taken out of errors, the old ones, too', async () => {
    let asked = 0;
    await using server = await startServer((_, response) =>
      json(response, { detail: 'SECRETKEY1 SECRETKEY2 SECRETKEY3' }, asked < 3 ? 200 : 400),
    );
    const connection = connectTo(server, () => `SECRETKEY${(asked += 1)}`);
    await lastValueFrom(getDirectory(connection, 'a'));
    await lastValueFrom(getDirectory(connection, 'b'));
    const error = await errorOf(getDirectory(connection, 'c'));
    expect(inspect(error, { depth: 8 })).not.toContain('SECRETKEY');
  });

  it.each<[string, () => unknown, string, RegExp]>([
    [
      'throws',
      throwing,
      'rejected',
      /token\(\) gave no API key but failed \(ENOTFOUND\); see cause/,
    ],
    ['rejects', () => Promise.reject(new Error('vault')), 'rejected', /but failed; see cause/],
    ['gives nothing', () => undefined, 'unusable', /and gave undefined/],
    ['gives an empty text', () => '', 'unusable', /and gave an empty text/],
    ['resolves to a number', () => Promise.resolve(7), 'unusable', /and gave a number/],
    ['gives two lines', () => 'SECRETKEY\nx: y', 'unusable', /a text with a blank, a line break/],
  ])(
    'errors the call with a TokenError where it %s, and sends nothing',
    async (_, give, kind, words) => {
      await using server = await startServer((__, response) => json(response, {}));
      const connection = connectTo(server, give as TokenFunction);
      const events = firstValueFrom(activity(connection).pipe(toArray()));
      const error = await errorOf(createDirectory(connection, { name: 'x' }));
      expect(error).toBeInstanceOf(TokenError);
      expect(error).toMatchObject({ kind, attempts: 1, retryable: false });
      expect(String(error)).toMatch(words);
      expect(inspect(error)).not.toContain('SECRETKEY');
      expect(server.requests).toHaveLength(0);
      await lastValueFrom(close(connection));
      expect((await events).map(({ type }) => type)).toContain('failed');
    },
  );

  it('sends nothing where it is unsubscribed while the key is awaited, and gives its place back', async () => {
    await using server = await startServer((_, response) => json(response, {}));
    let give: ((key: string) => void) | undefined;
    let asked = 0;
    const connection = connectTo(
      server,
      () => {
        asked += 1;
        return asked === 1 ? new Promise<string>((resolve) => (give = resolve)) : 'second-key';
      },
      { concurrency: 1 },
    );
    const subscription = getDirectory(connection, 'dir-1').subscribe();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(asked).toBe(1);
    subscription.unsubscribe();
    give?.('first-key');
    await lastValueFrom(getDirectory(connection, 'dir-2'));
    expect(server.requests.map(({ url }) => url)).toEqual(['/api/v1/beta/directories/dir-2']);
  });

  it.each([123, true, {}, Promise.resolve('x'), ['x'], Symbol('x')])(
    'or a text is what a token must be, and not %s',
    (token) => {
      const call = (): unknown => connect({ token: token as unknown as string });
      expect(call).toThrow(TypeError);
      expect(call).toThrow('connect: token must be a text or a function, got');
    },
  );
});

function throwing(): never {
  throw Object.assign(new Error('no vault'), { code: 'ENOTFOUND' });
}
