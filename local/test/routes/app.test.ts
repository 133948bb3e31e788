import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../src/startLocalCloud.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { send } from '../support/cloud.ts';

describe('the embedded cloud', () => {
  let cloud: LocalCloud;
  beforeAll(async () => {
    cloud = await startLocalCloud();
  });
  afterAll(() => cloud.close());

  it.each([
    ['no header', undefined],
    ['another key', 'Bearer llx-other'],
    ['another scheme', 'Basic abc'],
    ['an empty key', 'Bearer '],
  ])('answers 401 to %s', async (_, authorization) => {
    const response = await fetch(`${cloud.url}/api/v1/beta/directories`, {
      headers: authorization === undefined ? {} : { authorization },
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ detail: 'Invalid API key' });
  });

  it('answers 422 to a body that nests deeper than anybody needs', async () => {
    for (const body of ['['.repeat(3_000_000), `{"a":${'['.repeat(1_200)}${']'.repeat(1_200)}}`]) {
      const response = await fetch(`${cloud.url}/api/v1/beta/directories`, {
        method: 'POST',
        headers: { authorization: `Bearer ${cloud.token}`, 'content-type': 'application/json' },
        body,
      });
      expect(response.status).toBe(422);
      expect(await response.text()).toContain('nested at most 1100 levels deep');
    }
  });

  it('accepts its key with any spelling of the scheme', async () => {
    const response = await fetch(`${cloud.url}/api/v1/beta/directories`, {
      headers: { authorization: `bearer ${cloud.token}` },
    });
    expect(response.status).toBe(200);
  });

  it('answers 404 where there is no route and 405 where there is one for another method', async () => {
    expect(await send(cloud, 'GET /api/v1/nothing')).toMatchObject({
      status: 404,
      body: { detail: 'Not Found' },
    });
    const wrong = await send(cloud, 'PUT /api/v1/beta/directories');
    expect(wrong).toMatchObject({ status: 405, body: { detail: 'Method Not Allowed' } });
    expect(wrong.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'POST']);
  });

  it.each([
    ['POST /api/v1/retrieval/retrieve', { index_id: 'i', query: 'x'.repeat(20_001) }, 'query'],
    [
      'POST /api/v1/retrieval/files/grep',
      { index_id: 'i', file_id: 'f', pattern: 'x'.repeat(3_001) },
      'pattern',
    ],
    [
      'POST /api/v1/beta/agent-data/:search',
      { deployment_name: 'd', order_by: 'x,'.repeat(1_501) },
      'order_by',
    ],
    ['POST /api/v1/beta/directories', { name: 'x'.repeat(3_001) }, 'name'],
  ])('answers %s with 422 where a text is too long', async (route, body, field) => {
    expect(await send(cloud, route, body)).toMatchObject({
      status: 422,
      body: { detail: [{ type: 'string_too_long', loc: ['body', field] }] },
    });
  });

  it('gives every answer a request id of its own', async () => {
    const ids = await Promise.all(
      ['GET /api/v1/nothing', 'GET /api/v1/beta/directories', 'POST /api/v1/indexes'].map(
        async (route) => (await send(cloud, route)).headers.get('x-request-id'),
      ),
    );
    expect(new Set(ids).size).toBe(3);
    expect(ids).not.toContain(null);
  });

  it.each([
    ['nothing', undefined, { type: 'missing', loc: ['body'], msg: 'Field required' }],
    [
      'half an object',
      '{"name":',
      expect.objectContaining({ type: 'json_invalid', loc: ['body'] }),
    ],
    ['a list', '[]', expect.objectContaining({ type: 'dict_type', loc: ['body'] })],
    ['no name', '{}', { type: 'missing', loc: ['body', 'name'], msg: 'Field required' }],
    [
      'a number as name',
      '{"name":1}',
      {
        type: 'string_type',
        loc: ['body', 'name'],
        msg: 'Input should be a valid string',
        input: 1,
      },
    ],
    [
      'an empty name',
      '{"name":""}',
      {
        type: 'string_too_short',
        loc: ['body', 'name'],
        msg: 'String should have at least 1 character',
        input: '',
      },
    ],
  ])('answers 422 to a body with %s', async (_, body, entry) => {
    const response = await fetch(`${cloud.url}/api/v1/beta/directories`, {
      method: 'POST',
      headers: { authorization: `Bearer ${cloud.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    });
    expect(response.status).toBe(422);
    expect(await response.json()).toEqual({ detail: [entry] });
  });

  it('names the query parameters that are wrong, all at once', async () => {
    const answer = await send(
      cloud,
      'GET /api/v1/beta/directories?page_size=many&include_deleted=perhaps&type=other',
    );
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      detail: [
        { loc: ['query', 'page_size'], type: 'int_parsing', input: 'many' },
        { loc: ['query', 'type'], type: 'literal_error' },
        { loc: ['query', 'include_deleted'], type: 'bool_parsing' },
      ],
    });
  });

  it('refuses a JSON body of more than 8 MB, with or without a declared length', async () => {
    const big = JSON.stringify({ name: 'x'.repeat(9 * 1024 * 1024) });
    const whole = await send(cloud, 'POST /api/v1/beta/directories', { name: 'x'.repeat(9e6) });
    expect(whole.status).toBe(413);
    const chunked = await fetch(`${cloud.url}/api/v1/beta/directories`, {
      method: 'POST',
      headers: { authorization: `Bearer ${cloud.token}`, 'content-type': 'application/json' },
      body: new Blob([big]).stream(),
      duplex: 'half',
    });
    expect(chunked.status).toBe(413);
  });

  it('keeps a connection after answers to whole requests, and ends it after others', async () => {
    const kept = await send(cloud, 'POST /api/v1/beta/directories', {});
    expect(kept.headers.get('connection')).toBe('keep-alive');
    const ended = await send(cloud, 'POST /api/v1/beta/directories', { name: 'x'.repeat(9e6) });
    expect(ended.headers.get('connection')).toBe('close');
  });

  it('lets a client that is still sending its upload see why it was refused', async () => {
    const route = '/api/v1/beta/directories/dir-none/files/upload';
    const socket = connect({ port: cloud.port, host: '127.0.0.1', allowHalfOpen: true });
    const answer = text(socket);
    socket.write(
      `POST ${route} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${cloud.token}\r\n` +
        'Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    // Another request has been answered by the time the rest of this one is sent.
    await send(cloud, 'GET /api/v1/beta/directories');
    socket.end('5\r\n--b--\r\n0\r\n\r\n');
    expect(await answer).toMatch(
      /^HTTP\/1\.1 404 [^]*connection: keep-alive[^]*dir-none not found/i,
    );
  });

  it('takes a client that hangs up in the middle of a request calmly', async () => {
    const socket = connect(cloud.port, '127.0.0.1');
    socket.write(
      `POST /api/v1/beta/directories HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${cloud.token}\r\n` +
        'Content-Length: 1000\r\n\r\n{"name":',
      () => socket.destroy(),
    );
    await new Promise((resolve) => socket.once('close', resolve));
    expect((await send(cloud, 'GET /api/v1/beta/directories')).status).toBe(200);
  });
});
