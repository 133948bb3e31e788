import { once } from 'node:events';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { lastValueFrom, of } from 'rxjs';
import { Agent } from 'undici';
import { describe, expect, it } from 'vitest';
import { HttpError, LinkError } from '../../src/errors.ts';
import { connect } from '../../src/http/connection.ts';
import type { ConnectionConfig } from '../../src/http/connectionConfig.ts';
import { download } from '../../src/http/download.ts';
import { throughLink } from '../../src/http/throughLink.ts';
import type { PresignedUrl } from '../../src/types/presignedUrl.ts';
import { startServer } from '../support/server.ts';

const elsewhere = { token: 't', baseUrl: 'https://api.example' };
const here = { token: 't', baseUrl: 'http://127.0.0.1:1' };
const later = '2099-01-01T00:00:00Z';
const signature = 'sig=abcdef0123456789';

/** Where a link leads, or the error of one that is not followed. Nothing is sent. */
async function check(config: ConnectionConfig, link: Partial<PresignedUrl>): Promise<unknown> {
  const whole = { url: `https://files.example/x?${signature}`, expires_at: later, ...link };
  const connection = connect(config);
  const settled = throughLink(connection, whole, ({ origin, path }) => of(origin + path));
  return lastValueFrom(settled).catch((error: unknown) => error);
}

async function fetchError(config: ConnectionConfig, url: string): Promise<unknown> {
  const connection = connect({ ...config, retry: { attempts: 1 } });
  return lastValueFrom(download(connection, { url, expires_at: later })).catch(
    (error: unknown) => error,
  );
}

describe('throughLink', () => {
  it.each(['file:///etc/passwd', 'http://files.example/x', 'nonsense', 'ftp://files.example/x'])(
    'refuses %s',
    async (url) => {
      const error = await check(here, { url });
      expect(error).toBeInstanceOf(LinkError);
      expect(error).toMatchObject({ kind: 'refused', attempts: 0, retryable: false });
    },
  );

  it('refuses what is no link at all', async () => {
    const connection = connect(here);
    const missing = null as unknown as PresignedUrl;
    const settled = lastValueFrom(throughLink(connection, missing, () => of(1)));
    await expect(settled).rejects.toMatchObject({ name: 'LinkError', kind: 'refused' });
  });

  it('leaves https out only within this machine, and to the API itself', async () => {
    const url = `http://localhost:9000/x?${signature}`;
    expect(await check(here, { url })).toBe(url);
    expect(await check(elsewhere, { url })).toMatchObject({ kind: 'refused' });
    expect(await check({ ...elsewhere, baseUrl: 'http://localhost:9000/api' }, { url })).toBe(url);
    expect(await check({ ...elsewhere, baseUrl: 'http://10.0.0.1:9000' }, { url })).toMatchObject({
      kind: 'refused',
    });
    const own = { ...elsewhere, baseUrl: 'http://llama.intranet:8080' };
    expect(await check(own, { url: 'http://llama.intranet:8080/x' })).toBe(
      'http://llama.intranet:8080/x',
    );
  });

  it.each([
    [['files.example'], 'https://files.example/x', true],
    [['FILES.Example:443'], 'https://files.example/x', true],
    [['files.example'], 'https://files.example:8443/x', false],
    [['files.example:8443'], 'https://files.example:8443/x', true],
    [['files.example'], 'https://eu.files.example/x', false],
    [['*.files.example'], 'https://eu.files.example/x', true],
    [['*.files.example'], 'https://files.example/x', false],
    [['*.files.example'], 'https://notfiles.example/x', false],
    [['files.example'], 'https://files.example@evil.example/x', false],
    [['a.example', 'b.example'], 'https://b.example/x', true],
    [['bücher.example'], 'https://xn--bcher-kva.example/x', true],
    [[], 'https://files.example/x', false],
    [[], 'https://api.example/x', true],
  ])('with the hosts %j lets %s through: %s', async (hosts, url, passes) => {
    const found = await check({ ...elsewhere, presigned: { hosts } }, { url });
    expect(found instanceof LinkError ? found.kind : found).toBe(passes ? url : 'refused');
  });

  it.each(['https://files.example', 'files.example/x', 'a b', '', '*', '*.', 'u@files.example'])(
    'takes %j for no host',
    (host) => {
      expect(() => connect({ ...elsewhere, presigned: { hosts: [host] } })).toThrow(TypeError);
    },
  );

  it('refuses a link that wants a form, and takes one whose form is empty', async () => {
    expect(await check(here, { form_fields: { key: 'a' } })).toMatchObject({ kind: 'refused' });
    expect(await check(here, { form_fields: {} })).toContain('https://files.example');
    expect(await check(here, { form_fields: null })).toContain('https://files.example');
  });

  it.each([
    ['by its own account', { expires_at: '2024-01-01T00:00:00.123456+00:00' }],
    ['by its own account, of no zone', { expires_at: '2024-01-01T00:00:00' }],
    [
      'by its query',
      {
        url: 'https://b.example/x?X-Amz-Date=20240101T000000Z&X-Amz-Expires=3600&X-Amz-Signature=s',
      },
    ],
  ])('does not send what has expired %s, and says what to do', async (_, link) => {
    const error = await check(elsewhere, link);
    expect(error).toMatchObject({ name: 'LinkError', kind: 'expired', attempts: 0 });
    expect(String(error)).toMatch(/expired at 2024-01-01T0\d:00:00.*Ask again/);
  });

  it.each([
    ['that says nothing readable of its end', { expires_at: 'soon' }],
    [
      'whose query lasts longer than it says',
      { url: 'https://b.example/x?X-Amz-Date=20980101T000000Z&X-Amz-Expires=3600' },
    ],
    [
      'that expired a moment ago, as clocks differ',
      { expires_at: new Date(Date.now() - 60_000).toISOString() },
    ],
  ])('sends one %s', async (_, link) => {
    expect(await check(elsewhere, link)).toMatch(/^https:/);
  });

  it('knows an expired link by the refusal of the storage, too, and keeps what that said', async () => {
    const body = `<Error><Code>AccessDenied</Code><SignatureProvided>${signature.slice(4)}</SignatureProvided></Error>`;
    await using server = await startServer((_, response) => {
      response.writeHead(403).end(body);
    });
    const connection = connect({ token: 't', baseUrl: server.url });
    const url = `${server.url}/x?${signature}`;
    const errorOf = (expires_at: string): Promise<unknown> =>
      lastValueFrom(download(connection, { url, expires_at })).catch((seen: unknown) => seen);

    const over = await errorOf(new Date(Date.now() - 1_000).toISOString());
    expect(over).toMatchObject({ name: 'LinkError', kind: 'expired', attempts: 1 });
    expect(over).toMatchObject({ cause: { status: 403 } });
    const altered = await errorOf(later);
    expect(altered).toBeInstanceOf(HttpError);
    expect(String(altered)).toMatch(/expired or was altered/);
    expect(altered).toMatchObject({
      body: expect.stringContaining('<SignatureProvided>[redacted]') as unknown,
    });
    expect(inspect([over, altered], { depth: 9 })).not.toContain(signature.slice(4));
  });

  it.each([
    '10.1.2.3',
    '172.31.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '127.0.0.1',
    '[::1]',
    '[fd00::1]',
    '[fe80::1]',
    '[::ffff:10.0.0.1]',
    '[::ffff:169.254.169.254]',
    '[::ffff:0:10.0.0.1]',
    '[::10.0.0.1]',
    '[64:ff9b::169.254.169.254]',
    '[64:ff9b::127.0.0.1]',
    '[2001:0:a9fe:a9fe::1]',
    '[2002:a9fe:a9fe::1]',
    '[100:0:0:1::1]',
    '0xa9fea9fe',
  ])('does not connect to %s where only public addresses will do', async (host) => {
    const error = await fetchError(
      { ...elsewhere, presigned: { publicOnly: true } },
      `https://${host}/x?${signature}`,
    );
    expect(error).toMatchObject({ name: 'LinkError', kind: 'refused' });
    expect(String(error)).toMatch(/not a public one \(presigned\.publicOnly\)/);
  });

  it('looks at the address that a name leads to, when it connects', async () => {
    let sockets = 0;
    const server = createServer((socket) => {
      sockets += 1;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const url = `https://localhost:${port}/x?${signature}`;

    const presigned = { publicOnly: true };
    const refused = await fetchError({ ...elsewhere, presigned }, url);
    expect(refused).toMatchObject({ name: 'LinkError', kind: 'refused' });
    expect(String(refused)).toContain(`localhost has the address`);
    expect(sockets).toBe(0);

    // The same where nothing is asked of the address, and where the API is on this machine.
    expect(await fetchError(elsewhere, url)).toMatchObject({ name: 'NetworkError' });
    expect(await fetchError({ ...here, presigned }, url)).toMatchObject({ name: 'NetworkError' });
    expect(sockets).toBeGreaterThanOrEqual(2);
    server.close();
  });

  it('cannot look at the addresses of a dispatcher, and says so', () => {
    const dispatcher = new Agent();
    expect(() => connect({ ...elsewhere, dispatcher, presigned: { publicOnly: true } })).toThrow(
      /presigned\.hosts/,
    );
  });
});
