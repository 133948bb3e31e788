import { performance } from 'node:perf_hooks';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/http/connection.ts';
import { complaintOf } from '../../src/http/complaintOf.ts';
import { getDirectory } from '../../src/sources/directories.ts';
import { errorOf } from '../support/errorOf.ts';
import { startServer } from '../support/server.ts';

const asItIs = (text: string): string => text;

describe('the words of a refusal', () => {
  it.each([
    [{ detail: 'no such thing' }, 'no such thing'],
    [{ message: 'no such thing' }, 'no such thing'],
    [{ error: 'no such thing' }, 'no such thing'],
    [{ error: { message: 'no such thing', type: 'x', code: 4 } }, 'no such thing'],
    [{ error: { code: 4, details: [{ reason: 'no such thing' }] } }, 'no such thing'],
    [{ errors: ['first', 'second'] }, 'first; second'],
    [{ errors: [{ message: 'first' }, { detail: 'second' }] }, 'first; second'],
    [{ errors: [{ status: '422', title: 'Invalid', detail: 'too long' }] }, 'Invalid: too long'],
    [{ errors: { name: ['is taken', 'is short'] } }, 'name: is taken; is short'],
    [{ error: 'invalid_token', error_description: 'The token is over' }, 'The token is over'],
    [{ detail: { message: 'no such thing', code: 'x' } }, 'no such thing'],
    [{ detail: [{ msg: 'too long' }] }, 'too long'],
    [
      { detail: [{ loc: ['body', 0, 'name'], msg: 'too long', type: 'x' }] },
      'body.0.name: too long',
    ],
    [{ detail: ['first', 'second'] }, 'first; second'],
    [{ type: 'about:blank', title: 'Gone', detail: 'It went', status: 410 }, 'Gone: It went'],
    [{ type: 'about:blank', title: 'Gone', status: 410 }, 'Gone'],
    [
      { statusCode: 400, message: ['a is no number', 'b is'], error: 'Bad' },
      'a is no number; b is',
    ],
    [{ Message: 'User is not authorized' }, 'User is not authorized'],
    [{ fault: { faultstring: 'Quota', detail: { errorcode: 'x' } } }, 'Quota'],
    [[{ message: 'first' }], 'first'],
    ['no such thing', 'no such thing'],
    [{ detail: '', message: 'no such thing' }, 'no such thing'],
    [{ detail: null, error: { message: null, error: 'deep' } }, 'deep'],
  ])('are found in %j', (body, words) => {
    expect(complaintOf(JSON.stringify(body), asItIs).words).toBe(words);
  });

  it.each([
    [
      'a page',
      '<!doctype html><html><head><TITLE lang="en">\n 502 Bad\n Gateway </TITLE>',
      '502 Bad Gateway',
    ],
    [
      'a page without a title',
      '<html><body><h1>It &lt;is&gt; down</h1></body></html>',
      'It <is> down',
    ],
    ['a page with an empty title', '<html><title> </title><h1>Down</h1></html>', 'Down'],
    [
      'XML of S3',
      '<?xml version="1.0"?><Error><Code>X</Code><Message>Request has expired</Message></Error>',
      'Request has expired',
    ],
    ['a SOAP fault', '<e:Envelope><faultstring>No</faultstring></e:Envelope>', 'No'],
    ['plain text', '  upstream connect error\n', 'upstream connect error'],
    ['text behind a byte order mark', '\uFEFF{"message":"no"}', 'no'],
  ])('are found in %s', (_, text, words) => {
    expect(complaintOf(text, asItIs).words).toBe(words);
  });

  it.each([
    '',
    '  ',
    '{}',
    '[]',
    'null',
    '{"status":400}',
    '<html></html>',
    '<title',
    'a\0b',
    '\ufffd\ufffd',
  ])('are none in %j', (text) => {
    expect(complaintOf(text, asItIs).words).toBeUndefined();
  });

  it('are cut at 300 characters, and looked for in no depth and no text without end', () => {
    const long = complaintOf(JSON.stringify({ message: 'x'.repeat(100_000) }), asItIs);
    expect(long.words).toHaveLength(301);
    const began = performance.now();
    for (const text of [
      `${'{"error":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
      '<title'.repeat(100_000),
      `<${'title>'.repeat(100_000)}`,
      `[${'"x",'.repeat(100_000)}"x"]`,
    ]) {
      complaintOf(text, asItIs);
    }
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('hold no secret, also where entities spell it', () => {
    const redact = (text: string): string => text.replaceAll('a&b-secret', '[redacted]');
    const page = complaintOf('<title>key a&amp;b-secret is wrong</title>', redact);
    expect(page.words).toBe('key [redacted] is wrong');
  });

  it('stand in the message of the error, in one line', async () => {
    await using server = await startServer((_, response) => {
      response
        .writeHead(400)
        .end(JSON.stringify({ error: { message: 'no\n\x1b[31m\u202ething' } }));
    });
    const connection = connect({ token: 'llx-test', baseUrl: server.url });
    expect(await errorOf(getDirectory(connection, 'dir-1'))).toMatchObject({
      message:
        'GET /api/v1/beta/directories/{directory_id} answered 400: no\\n\\u001b[31m\\u202ething',
      body: { error: { message: 'no\n\x1b[31m\u202ething' } },
    });
  });
});

describe('a base URL with a part of the path of the API', () => {
  it.each(['/api/v1', '/api/v1/', '/gateway/api/v1'])('works with %s', async (path) => {
    await using server = await startServer((_, response) => {
      response.end('{}');
    });
    const connection = connect({ token: 'llx-test', baseUrl: server.url + path });
    await lastValueFrom(getDirectory(connection, 'dir-1'));
    const [seen] = server.requests;
    expect(seen?.url).toBe(
      `${path.replace('/api/v1', '').replace(/\/$/, '')}/api/v1/beta/directories/dir-1`,
    );
  });

  it.each(['/api', '/api/'])('gets a hint with its 404: %s', async (path) => {
    await using server = await startServer((_, response) => {
      response.writeHead(404).end();
    });
    const connection = connect({ token: 'llx-test', baseUrl: server.url + path });
    const error = await errorOf(getDirectory(connection, 'dir-1'));
    expect(String(error)).toContain('the base URL ends in /api, and paths of the API begin with');
  });
});
