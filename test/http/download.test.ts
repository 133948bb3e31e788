import { inspect } from 'node:util';
import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { HttpError } from '../../src/errors.ts';
import { connect } from '../../src/http/connection.ts';
import { download } from '../../src/http/download.ts';
import { json, startServer } from '../support/server.ts';

const expires_at = '2099-01-01T00:00:00Z';

describe('download', () => {
  it('emits the bytes as they come, without the credentials of the connection', async () => {
    await using server = await startServer(async (_, response) => {
      response.write('one ');
      await new Promise((resolve) => setTimeout(resolve, 20));
      response.end('two');
    });
    const connection = connect({ token: 'secret', projectId: 'prj-1', baseUrl: server.url });
    const source = download(connection, { url: `${server.url}/files/x?sig=abc`, expires_at });
    expect(server.requests).toHaveLength(0);
    const chunks = await lastValueFrom(source.pipe(toArray()));
    expect(chunks.length).toBeGreaterThan(1);
    expect(Buffer.concat(chunks).toString()).toBe('one two');
    const [seen] = server.requests;
    expect(seen?.url).toBe('/files/x?sig=abc');
    expect(seen?.headers).not.toHaveProperty('authorization');
    expect(seen?.headers).not.toHaveProperty('cookie');
  });

  it.each([403, 302])(
    'makes an error of %d without showing the query of the URL',
    async (status) => {
      await using server = await startServer((_, response) =>
        json(response, { detail: 'expired' }, status, { location: 'http://127.0.0.1:1/' }),
      );
      const connection = connect({ token: 't', baseUrl: server.url });
      const error = await lastValueFrom(
        download(connection, { url: `${server.url}/x?sig=abc`, expires_at }),
      ).catch((seen: unknown) => seen);
      expect(error).toBeInstanceOf(HttpError);
      expect(error).toMatchObject({ status });
      expect(inspect(error, { depth: 9 })).not.toContain('sig=abc');
    },
  );

  it('closes the socket when unsubscribed', async () => {
    await using server = await startServer((_, response) => {
      response.write('x');
    });
    const connection = connect({ token: 't', baseUrl: server.url });
    await new Promise<void>((resolve) => {
      const subscription = download(connection, { url: server.url, expires_at }).subscribe(() => {
        subscription.unsubscribe();
        resolve();
      });
    });
    await server.until(() => server.sockets() === 0);
  });
});
