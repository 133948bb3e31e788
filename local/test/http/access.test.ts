import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startLocalCloud } from '../../src/startLocalCloud.ts';

const list = '/api/v1/beta/directories';

/** The status and the body of a request that is written by hand. */
async function answerTo(port: number, head: readonly string[], body = ''): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(
    [...head, `content-length: ${body.length}`, 'connection: close', '', body].join('\r\n'),
  );
  return text(socket);
}

describe('the key', () => {
  it.each([[''], [' '], ['\t'], ['two words'], ['line\nbreak'], ['é'], ['llx-\u0000']])(
    'cannot be %j',
    async (token) => {
      await expect(startLocalCloud({ token })).rejects.toThrow(/API key must be/);
    },
  );

  it('is asked for before a fault of a header is obeyed, or a rule used up', async () => {
    await using cloud = await startLocalCloud();
    cloud.faults.next(`GET ${list}`, { status: 503 });
    const asked = (headers: Record<string, string>) => fetch(cloud.url + list, { headers });
    const fault = { 'x-fault': '{"status":500}' };
    for (const headers of [fault, { ...fault, authorization: 'Bearer x' }, { 'x-fault': '{' }]) {
      expect((await asked(headers)).status).toBe(401);
    }
    const authorization = `Bearer ${cloud.token}`;
    expect((await asked({ authorization })).status).toBe(503);
    expect((await asked({ authorization, ...fault })).status).toBe(500);
  });

  it('is asked for before a request waits, is counted, or has its body read', async () => {
    await using cloud = await startLocalCloud({ latency: 60_000, rateLimit: { perSecond: 1 } });
    for (let i = 0; i < 3; i += 1) {
      const answer = await fetch(cloud.url + list, { method: 'POST', body: '{"name":' });
      expect(answer.status).toBe(401);
    }
  });
});

describe('the type of a body', () => {
  it.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    ['', 415],
    ['application/json', 201],
    ['application/json; charset=utf-8', 201],
    ['Application/JSON', 201],
    ['application/vnd.api+json', 201],
  ])('of %j is answered %i', async (type, status) => {
    await using cloud = await startLocalCloud();
    const body = JSON.stringify({ name: 'a' });
    const answer = await answerTo(
      cloud.port,
      [
        `POST ${list} HTTP/1.1`,
        'host: localhost',
        `authorization: Bearer ${cloud.token}`,
        ...(type === '' ? [] : [`content-type: ${type}`]),
      ],
      body,
    );
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    if (status === 415) {
      expect(answer).toContain('application/json');
    }
  });

  it('of an upload must be a form', async () => {
    await using cloud = await startLocalCloud();
    const answer = await fetch(`${cloud.url}${list}/d/files/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${cloud.token}`, 'content-type': 'text/plain' },
      body: 'x',
    });
    expect([404, 415]).toContain(answer.status);
  });
});

describe('the name that a cloud for this machine is asked under', () => {
  const statusUnder = async (port: number, host: string, path: string): Promise<string> =>
    (await answerTo(port, [`GET ${path} HTTP/1.1`, `host: ${host}`])).slice(9, 12);

  it.each([
    ['evil.example', '403'],
    ['evil.example:80', '403'],
    ['localhost.evil.example', '403'],
    ['127.0.0.1.evil.example', '403'],
    ['10.0.0.1', '403'],
    ['localhost', '401'],
    ['LOCALHOST:8787', '401'],
    ['app.localhost:1', '401'],
    ['127.1.2.3', '401'],
    ['[::1]:8787', '401'],
    ['proxy.internal', '401'],
  ])('%j is answered %s', async (host, status) => {
    await using cloud = await startLocalCloud({ allowedHosts: ['proxy.internal'] });
    expect(await statusUnder(cloud.port, host, list)).toBe(status);
  });

  it('says so on every path, the pages included', async () => {
    await using cloud = await startLocalCloud();
    for (const path of ['/', '/docs', '/openapi.json', '/status/events', '/nothing']) {
      expect(await statusUnder(cloud.port, 'evil.example', path)).toBe('403');
    }
    const answer = await answerTo(cloud.port, ['GET / HTTP/1.1', 'host: evil.example']);
    expect(answer).toContain('answers under localhost only');
  });

  it('does not matter where others can reach it', async () => {
    await using cloud = await startLocalCloud({ host: '0.0.0.0' });
    expect(await statusUnder(cloud.port, 'cloud.example', list)).toBe('401');
  });
});
