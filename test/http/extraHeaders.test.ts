import { inspect } from 'node:util';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/http/connection.ts';
import type { ExtraHeaders } from '../../src/http/extraHeaders.ts';
import { getDirectory } from '../../src/sources/directories.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { downloadPresignedUrl } from '../../src/sources/presignedUrls.ts';
import { errorOf } from '../support/errorOf.ts';
import { json, startServer } from '../support/server.ts';

describe('headers for a gateway', () => {
  it.each<[string, ExtraHeaders]>([
    ['an object', { 'X-Gateway-Key': 'GATEWAYSECRET', 'user-agent': 'mine/1' }],
    ['Headers', new Headers({ 'X-Gateway-Key': 'GATEWAYSECRET', 'user-agent': 'mine/1' })],
    [
      'a Map',
      new Map([
        ['X-Gateway-Key', 'GATEWAYSECRET'],
        ['User-Agent', 'mine/1'],
      ]),
    ],
  ])('are sent with every request, given as %s, and to no presigned URL', async (_, headers) => {
    await using server = await startServer((__, response) => json(response, {}));
    const connection = connect({ token: 'llx-test', baseUrl: server.url, headers });
    await lastValueFrom(getDirectory(connection, 'dir-1'));
    await lastValueFrom(
      uploadDirectoryFile(connection, 'dir-1', { upload_file: new Uint8Array(1) }),
    );
    const link = { url: `${server.url}/x`, expires_at: '2099-01-01T00:00:00Z', form_fields: null };
    await lastValueFrom(downloadPresignedUrl(connection, link));
    expect(server.requests.map((seen) => seen.headers['x-gateway-key'])).toEqual([
      'GATEWAYSECRET',
      'GATEWAYSECRET',
      undefined,
    ]);
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer llx-test',
      'user-agent': 'mine/1',
      accept: 'application/json',
    });
  });

  it('are taken out of errors', async () => {
    await using server = await startServer((seen, response) =>
      json(response, { detail: seen.headers }, 400),
    );
    const headers = { 'x-gateway-key': 'GATEWAYSECRET' };
    const connection = connect({ token: 'llx-test', baseUrl: server.url, headers });
    const error = await errorOf(getDirectory(connection, 'dir-1'));
    expect(inspect(error, { depth: 8 })).not.toContain('GATEWAYSECRET');
  });

  it.each([
    'Authorization',
    'cookie',
    'Host',
    'content-length',
    'Content-Type',
    'transfer-encoding',
    'connection',
    'proxy-authorization',
    'accept',
  ])('cannot have %s', (name) => {
    const call = (): unknown => connect({ token: 't', headers: { [name]: 'GATEWAYSECRET' } });
    expect(call).toThrow(`connect: headers cannot have ${name}`);
  });

  it.each<[string, unknown, string]>([
    ['a line break', { x: 'GATEWAYSECRET\r\ny: z' }, 'headers.x must be a text'],
    ['a number', { x: 1 }, 'headers.x must be a text that a header can have, got a number'],
    ['a list', { x: ['GATEWAYSECRET'] }, 'got an array'],
    ['a sign of another script', { x: 'GATEWAYSECRETключ' }, 'headers.x must be'],
    ['a name that is none', { 'x y': 'GATEWAYSECRET' }, 'no name of a header: "x y"'],
    ['an empty name', { '': 'GATEWAYSECRET' }, 'no name of a header: ""'],
    ['a name twice', { 'X-A': 'GATEWAYSECRET', 'x-a': 'b' }, 'x-a twice'],
    ['a text', 'GATEWAYSECRET', 'must be an object of texts, got a text'],
    ['a list of texts', ['GATEWAYSECRET'], 'no name of a header: undefined'],
  ])('are refused when called, and not repeated: %s', (_, headers, words) => {
    const call = (): unknown => connect({ token: 't', headers: headers as ExtraHeaders });
    expect(call).toThrow(TypeError);
    expect(call).toThrow(words);
    expect(call).not.toThrow('GATEWAYSECRET');
  });
});
