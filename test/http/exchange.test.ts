import { lastValueFrom, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/http/connection.ts';
import { request } from '../../src/http/request.ts';
import { json, startServer } from '../support/server.ts';

describe('exchange', () => {
  it('gives its place in the line back, however and whenever a request ends', async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error): unknown => warnings.push(warning);
    process.on('warning', warned);
    await using server = await startServer(({ url }, response, raw) => {
      if (url.includes('lost')) {
        raw.socket.destroy();
      } else if (url.includes('upgrade')) {
        raw.socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n\r\n');
      } else if (!url.includes('silent')) {
        json(response, {}, url.includes('refused') ? 400 : 200);
      }
    });
    const connection = connect({
      token: 't',
      baseUrl: server.url,
      concurrency: 1,
      retry: { attempts: 1 },
    });
    const call = (id: string, headers = {}): Observable<unknown> =>
      request(connection, 'GET /api/v1/things/{id}', { params: { id }, headers });

    for (let round = 0; round < 400; round += 1) {
      const subscription = call('silent').subscribe();
      for (let turns = round % 4; turns > 0; turns -= 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      subscription.unsubscribe();
    }
    for (const failing of [
      call('lost'),
      call('upgrade'),
      call('refused'),
      call('x', { x: '\n' }),
    ]) {
      await expect(lastValueFrom(failing)).rejects.toBeInstanceOf(Error);
    }
    expect(await lastValueFrom(call('there'))).toEqual({});
    await server.until(() => server.sockets() === 1);
    process.off('warning', warned);
    expect(warnings).toEqual([]);
  });
});
