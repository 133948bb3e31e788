import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { type AddressInfo, connect as connectSocket, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { lastValueFrom, toArray } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../src/http/connection.ts';
import { getDirectory } from '../../src/sources/directories.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { selfSigned } from '../faults/support/certificate.ts';
import { startTlsServer } from '../faults/support/tlsServer.ts';
import { errorOf } from '../support/errorOf.ts';
import { json, startServer } from '../support/server.ts';

interface Proxy extends AsyncDisposable {
  readonly url: string;
  readonly host: string;
  /** What it was asked for: `CONNECT host:port`, or method and URL. */
  readonly asked: string[];
  readonly headers: IncomingHttpHeaders[];
  readonly sockets: () => number;
  /** What it does with a tunnel. @defaultValue opens it */
  onConnect: ((socket: Socket) => void) | undefined;
}

/** A forward proxy: tunnels, and requests with a whole URL. */
async function startProxy(): Promise<Proxy> {
  const asked: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const open = new Set<Socket>();
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    headers.push(request.headers);
    const onward = httpRequest(
      request.url ?? '',
      { method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => undefined);
  });
  server.on('connect', (request, socket: Socket) => {
    asked.push(`CONNECT ${request.url ?? ''}`);
    headers.push(request.headers);
    if (proxy.onConnect) {
      proxy.onConnect(socket);
      return;
    }
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const onward = connectSocket(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy()).on('error', () => onward.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const proxy: Proxy = {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    asked,
    headers,
    sockets: () => open.size,
    onConnect: undefined,
    [Symbol.asyncDispose]() {
      open.forEach((socket) => socket.destroy());
      server.close();
      return Promise.resolve();
    },
  };
  return proxy;
}

/** Sets the variables of proxies, and takes away those of the machine. */
function environment(variables: Readonly<Record<string, string>>): void {
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy']) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toUpperCase(), undefined);
  }
  for (const [name, value] of Object.entries({ NODE_USE_ENV_PROXY: '1', ...variables })) {
    vi.stubEnv(name, value);
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

afterEach(() => {
  vi.unstubAllEnvs();
});

const token = 'llx-SECRETKEY123';
const retry = { attempts: 1 };

describe('the proxies of the environment', () => {
  it.each(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY'])(
    'carry requests over TLS through a tunnel, by %s',
    async (name) => {
      await using proxy = await startProxy();
      const certificate = selfSigned({ host: 'localhost' });
      await using server = await startTlsServer(certificate, (request, response) => {
        request.resume().on('end', () => json(response, { id: 'dfl-1' }));
      });
      environment({ [name]: proxy.url });
      const connection = connect({ token, baseUrl: server.url });
      const upload_file = Buffer.alloc(3_000_000);
      const events = await lastValueFrom(
        uploadDirectoryFile(connection, 'd', { upload_file }).pipe(toArray()),
      );
      expect(proxy.asked).toEqual([`CONNECT localhost:${server.port}`]);
      expect(events.filter(({ type }) => type === 'progress').at(-1)).toMatchObject({
        loaded: 3_000_000,
      });
      expect(JSON.stringify(proxy.headers)).not.toContain(token);
    },
  );

  it.each(['HTTP_PROXY', 'http_proxy'])('carry requests without TLS by %s', async (name) => {
    await using proxy = await startProxy();
    await using server = await startServer((_, response) => json(response, { id: 'x' }));
    environment({ [name]: proxy.url.replace('//', '//ada:pass%20word@') });
    const connection = connect({ token, baseUrl: server.url });
    const [progress] = await lastValueFrom(
      uploadDirectoryFile(connection, 'd', { upload_file: new Uint8Array(9) }).pipe(toArray()),
    );
    expect(progress).toMatchObject({ loaded: 9 });
    expect(proxy.asked).toEqual([
      `POST ${server.requests[0]?.url ? server.url : ''}${server.requests[0]?.url ?? ''}`,
    ]);
    const basic = Buffer.from('ada:pass word').toString('base64');
    expect(proxy.headers[0]?.['proxy-authorization']).toBe(`Basic ${basic}`);
  });

  it.each([
    ['are not asked for', { NODE_USE_ENV_PROXY: '' }],
    ['are for another host', { NO_PROXY: 'other.example,127.0.0.1' }],
    ['are for nobody', { no_proxy: '*' }],
    ['are turned off by an option', { NODE_OPTIONS: '--no-use-env-proxy' }],
  ])('carry nothing where they %s', async (_, variables) => {
    await using proxy = await startProxy();
    await using server = await startServer((__, response) => json(response, {}));
    environment({ HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, ...variables });
    await lastValueFrom(getDirectory(connect({ token, baseUrl: server.url }), 'x'));
    expect(proxy.asked).toEqual([]);
  });

  it('are taken for --use-env-proxy, too', async () => {
    await using proxy = await startProxy();
    await using server = await startServer((_, response) => json(response, {}));
    const variables = { NODE_USE_ENV_PROXY: '', NODE_OPTIONS: '--no-warnings --use-env-proxy' };
    environment({ HTTP_PROXY: proxy.url, ...variables });
    await lastValueFrom(getDirectory(connect({ token, baseUrl: server.url }), 'x'));
    expect(proxy.asked).toHaveLength(1);
  });

  it('are closed to at once when a request is unsubscribed that they connect for', async () => {
    await using proxy = await startProxy();
    proxy.onConnect = (socket) => void socket.resume().on('end', () => socket.destroy());
    environment({ HTTPS_PROXY: proxy.url });
    const connection = connect({ token, baseUrl: 'https://api.example' });
    const subscription = getDirectory(connection, 'x').subscribe();
    await until(() => proxy.asked.length === 1);
    subscription.unsubscribe();
    await until(() => proxy.sockets() === 0);
    expect(proxy.asked).toEqual(['CONNECT api.example:443']);
  });

  it('have to connect in time, also where they are silent', async () => {
    await using proxy = await startProxy();
    proxy.onConnect = (socket) => void socket.resume().on('end', () => socket.destroy());
    environment({ HTTPS_PROXY: proxy.url });
    const config = { token, baseUrl: 'https://api.example', retry, timeouts: { connect: 40 } };
    const error = await errorOf(getDirectory(connect(config), 'x'));
    expect(error).toMatchObject({ kind: 'connect', code: 'UND_ERR_CONNECT_TIMEOUT' });
    await until(() => proxy.sockets() === 0);
  });

  it.each([
    ['closes', (socket: Socket) => socket.destroy(), /could not connect to/],
    [
      'refuses',
      (socket: Socket) => socket.end('HTTP/1.1 403 No\r\n\r\n'),
      /the proxy answered 403/,
    ],
    [
      'wants credentials',
      (socket: Socket) => socket.end('HTTP/1.1 407 No\r\n\r\n'),
      /answered 407/,
    ],
  ])('are named in the error where one %s, and their password is not', async (_, act, words) => {
    await using proxy = await startProxy();
    proxy.onConnect = act;
    environment({ HTTPS_PROXY: proxy.url.replace('//', '//ada:SECRETPASS@') });
    const error = await errorOf(
      getDirectory(connect({ token, baseUrl: 'https://api.example', retry }), 'x'),
    );
    expect(error).toMatchObject({ name: 'NetworkError', kind: 'connect', ambiguous: false });
    expect(String(error)).toMatch(words);
    const basic = Buffer.from('ada:SECRETPASS').toString('base64');
    expect(inspect(error, { depth: 12 })).not.toMatch(new RegExp(`SECRETPASS|${basic}`));
  });

  it.each(['https://api.example', 'http://api.example'])(
    'are named where they cannot be reached on the way to %s',
    async (baseUrl) => {
      const proxy = await startProxy();
      await proxy[Symbol.asyncDispose]();
      environment({ HTTP_PROXY: proxy.url });
      const error = await errorOf(getDirectory(connect({ token, baseUrl, retry }), 'x'));
      expect(error).toMatchObject({ kind: 'connect', code: 'ECONNREFUSED', ambiguous: false });
      expect(String(error)).toContain(`could not connect to the proxy ${proxy.host}`);
    },
  );

  it.each(['proxy.example:3128', 'ftp://ada:SECRETPASS@x', 'http://', 'ada:SECRETPASS'])(
    'must be URLs of proxies, which is said when called: %s',
    (text) => {
      environment({ HTTPS_PROXY: text });
      const call = (): unknown => connect({ token });
      expect(call).toThrow('the variable HTTPS_PROXY must be the URL of a proxy');
      expect(call).not.toThrow('SECRETPASS');
    },
  );

  it('cannot keep links to public addresses, which is said', () => {
    environment({ HTTPS_PROXY: 'http://proxy.example:3128' });
    const call = (): unknown => connect({ token, presigned: { publicOnly: true } });
    expect(call).toThrow('cannot be had with a proxy of the environment');
  });
});
