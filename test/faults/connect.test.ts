import { createServer } from 'node:net';
import { once } from 'node:events';
import { Agent, ProxyAgent } from 'undici';
import { describe, expect } from 'vitest';
import { createDirectory, getDirectory } from '../../src/sources/directories.ts';
import { json } from '../support/server.ts';
import { openBlackHole } from './support/blackHole.ts';
import { selfSigned } from './support/certificate.ts';
import { fault } from './support/fault.ts';
import { startRawServer } from './support/rawServer.ts';

const lostAtFirst = { kind: 'connect', ambiguous: false, attempts: 3, retryable: true };

describe('Connecting', () => {
  fault(
    1,
    'the name of the host is unknown',
    {
      behaviour:
        'Any operation is tried again, as nothing was sent. Then a `NetworkError` of the kind `connect` names the host.',
    },
    async (run) => {
      // No label of a name is longer than 63 bytes, so that every resolver says no, with a network or without.
      const host = `${'x'.repeat(64)}.invalid`;
      const unknown = run.connect({ url: `http://${host}` });
      const silent = run.connect(
        { url: 'http://api.example' },
        {
          dispatcher: new Agent({
            connect: {
              lookup: (_, __, answer) =>
                answer(Object.assign(new Error('no answer'), { code: 'EAI_AGAIN' }), ''),
            },
          }),
        },
      );
      for (const call of [
        getDirectory(unknown, 'dir-1'),
        createDirectory(unknown, { name: 'x' }),
      ]) {
        const error = await run.errorOf(call);
        expect(error).toMatchObject({ ...lostAtFirst, code: 'ENOTFOUND' });
        expect(error.message).toContain(host);
      }
      const error = await run.errorOf(createDirectory(silent, { name: 'x' }));
      expect(error).toMatchObject({ ...lostAtFirst, code: 'EAI_AGAIN' });
    },
  );

  fault(
    2,
    'the connection is refused',
    {
      behaviour:
        'Any operation is tried again, as nothing was sent. Then a `NetworkError` of the kind `connect` names the host.',
    },
    async (run) => {
      const unused = createServer().listen(0, '127.0.0.1');
      await once(unused, 'listening');
      const address = unused.address();
      unused.close();
      const host = `127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
      const connection = run.connect({ url: `http://${host}` });
      for (const call of [
        getDirectory(connection, 'dir-1'),
        createDirectory(connection, { name: 'x' }),
      ]) {
        const error = await run.errorOf(call);
        expect(error).toMatchObject({ ...lostAtFirst, code: 'ECONNREFUSED' });
        expect(error.message).toContain(host);
      }
    },
  );

  fault(
    3,
    'nobody answers the attempt to connect (SYN black hole)',
    {
      behaviour:
        'A `NetworkError` of the kind `connect` after `timeouts.connect` for each attempt.',
    },
    async (run) => {
      await using hole = await openBlackHole();
      const connection = run.connect(hole, {
        timeouts: { connect: 100 },
        retry: { attempts: 2, maxDelay: 10 },
      });
      const start = performance.now();
      const error = await run.errorOf(createDirectory(connection, { name: 'x' }));
      expect(error).toMatchObject({ kind: 'connect', ambiguous: false, attempts: 2 });
      expect(performance.now() - start).toBeGreaterThanOrEqual(190);
      expect(performance.now() - start).toBeLessThan(6_000);
    },
  );

  fault(
    4,
    'the certificate has expired, or is for another host',
    {
      behaviour:
        'A `NetworkError` of the kind `tls`, not tried again; nothing was sent, and nothing is said of turning checks off.',
    },
    async (run) => {
      const valid = await run.tlsServer(selfSigned({ host: 'localhost' }), (_, response) =>
        json(response, { id: 'dir-1' }),
      );
      expect(await run.valuesOf(getDirectory(run.connect(valid), 'dir-1'))).toHaveLength(1);

      for (const certificate of [
        selfSigned({ host: 'localhost', expires: new Date('2024-01-01') }),
        selfSigned({ host: 'elsewhere.example' }),
      ]) {
        const server = await run.tlsServer(certificate, (_, response) => json(response, {}));
        const error = await run.errorOf(getDirectory(run.connect(server), 'dir-1'));
        expect(error).toMatchObject({ kind: 'tls', attempts: 1, retryable: false });
        expect(error.message).toMatch(/CERT_HAS_EXPIRED|ERR_TLS_CERT_ALTNAME_INVALID/);
        expect(error.message).not.toMatch(/unauthorized|verif/i);
      }
      expect(run.requests()).toHaveLength(1);
    },
  );

  fault(
    5,
    'the proxy wants credentials (407)',
    {
      behaviour:
        'A `NetworkError` of the kind `connect` that names the proxy, not tried again, whether it tunnels or not.',
    },
    async (run) => {
      await using proxy = await startRawServer((socket) => {
        socket.end(
          'HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n',
        );
      });
      for (const url of ['https://api.example', 'http://api.example']) {
        const dispatcher = new ProxyAgent(proxy.url);
        const error = await run.errorOf(
          getDirectory(run.connect({ url }, { dispatcher }), 'dir-1'),
        );
        expect(error).toMatchObject({ attempts: 1, retryable: false });
        expect(error.message).toMatch(/proxy/i);
      }
    },
  );

  fault(
    6,
    'a connection that was kept open is reset when it is used again',
    {
      behaviour:
        'A read is sent once more, on a new connection. A creation ends with `NetworkError.ambiguous`, sent once.',
    },
    async (run) => {
      const server = await run.rawServer((socket, count) => {
        if (count === 1 || count === 3 || count === 4) {
          socket.write('HTTP/1.1 200 OK\r\ncontent-length: 14\r\n\r\n{"id":"dir-1"}');
        } else {
          socket.resetAndDestroy();
        }
      });
      const connection = run.connect(server);
      // Requests: 1 the first; 2 on its socket, reset; 3 the same again; 4 another; 5 on its socket, reset.
      await run.valuesOf(getDirectory(connection, 'dir-1'));
      expect(await run.valuesOf(getDirectory(connection, 'dir-1'))).toEqual([{ id: 'dir-1' }]);
      await run.valuesOf(getDirectory(connection, 'dir-1'));
      const error = await run.errorOf(createDirectory(connection, { name: 'x' }));
      expect(error).toMatchObject({ kind: 'closed', ambiguous: true, attempts: 1 });
      expect(run.requests().map(({ method }) => method)).toEqual([
        'GET',
        'GET',
        'GET',
        'GET',
        'POST',
      ]);
    },
  );
});
