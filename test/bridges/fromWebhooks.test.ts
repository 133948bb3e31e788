import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect as dial, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import fastify from 'fastify';
import { VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import {
  fromWebhooks,
  type Webhooks,
  type WebhooksConfig,
} from '../../src/bridges/fromWebhooks.ts';
import type { WebhookRefusal } from '../../src/bridges/webhooks/webhookRefusal.ts';
import type { WebhookMessage } from '../../src/types/webhooks.ts';

const now = 1_753_985_275_115;
const scheduler = new VirtualTimeScheduler();
scheduler.frame = now;

const event: WebhookMessage = {
  event_id: '149744dd-0000-4000-8000-000000000000',
  event_type: 'parse.success',
  timestamp: now / 1_000,
  data: { id: 'pjb-1', job_id: 'pjb-1' },
};
const plain = JSON.stringify(event);

function sign(body: string, secret = 'key'): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

function receiver(config: WebhooksConfig = { signingSecret: 'key' }) {
  const hook = fromWebhooks({ scheduler, ...config });
  const received: WebhookMessage[] = [];
  hook.events.subscribe((each) => received.push(each));
  return { hook, received };
}

/** The status that a signed body is answered with, or what the headers make of it. */
async function post(
  { response }: Webhooks,
  body: string,
  headers: Record<string, string> = { 'LC-Signature': sign(body) },
): Promise<number> {
  const answer = await response(new Request('http://a/', { method: 'POST', body, headers }));
  expect(await answer.text()).toBe('');
  return answer.status;
}

describe('fromWebhooks', () => {
  it.each([
    ['an object', plain],
    ['an object within a string', JSON.stringify(plain)],
  ])('emits a signed message that is %s, in the fields it has', async (_, body) => {
    const { hook, received } = receiver();

    expect(await post(hook, body)).toBe(200);

    expect(received).toEqual([event]);
  });

  it('takes kinds of events that it does not know', async () => {
    const { hook, received } = receiver();
    const batch = { ...event, event_type: 'batch.success', data: { more: { deep: [1] } } };

    expect(await post(hook, JSON.stringify(batch))).toBe(200);

    expect(received).toEqual([batch]);
  });

  it.each([
    ['no signature', {}],
    ['an empty one', { 'lc-signature': '' }],
    ['one that was made with another secret', { 'lc-signature': sign(plain, 'other') }],
    ['one of another body', { 'lc-signature': sign(`${plain} `) }],
    ['one without its method', { 'lc-signature': sign(plain).slice(7) }],
    ['one that is too short', { 'lc-signature': sign(plain).slice(0, -2) }],
    ['one that is not hexadecimal', { 'lc-signature': `sha256=${'z'.repeat(64)}` }],
    ['one under another name', { 'x-signature': sign(plain) }],
  ])('refuses a message with %s', async (_, headers) => {
    const { hook, received } = receiver();

    expect(await post(hook, plain, headers)).toBe(401);

    expect(received).toEqual([]);
  });

  it('takes either secret while one replaces the other, under a name of your choice', async () => {
    const { hook, received } = receiver({
      signingSecret: ['old', 'new'],
      signatureHeader: 'X-Signature',
    });
    for (const [at, secret] of ['old', 'new', 'none'].entries()) {
      const body = JSON.stringify({ ...event, event_id: String(at) });
      await post(hook, body, {
        'x-signature': sign(body, secret).toUpperCase().replace('SHA', 'sha'),
      });
    }
    expect(received.map(({ event_id }) => event_id)).toEqual(['0', '1']);
  });

  it('takes secret headers instead, and wants all of them', async () => {
    const { hook, received } = receiver({
      headers: { 'X-Secret': 'abc', Authorization: 'Bearer d' },
    });

    expect(await post(hook, plain, { 'x-secret': 'abc' })).toBe(401);
    expect(await post(hook, plain, { 'x-secret': 'abd', authorization: 'Bearer d' })).toBe(401);
    expect(await post(hook, plain, { 'x-secret': 'abc', authorization: 'Bearer d' })).toBe(200);

    expect(received).toEqual([event]);
  });

  it('wants headers and signature when both are set up', async () => {
    const { hook } = receiver({ signingSecret: 'key', headers: { 'X-Secret': 'abc' } });

    expect(await post(hook, plain, { 'x-secret': 'abc' })).toBe(401);
    expect(await post(hook, plain)).toBe(401);
    expect(await post(hook, plain, { 'x-secret': 'abc', 'lc-signature': sign(plain) })).toBe(200);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['a string of no JSON', '"hello"'],
    ['a string in a string', JSON.stringify(JSON.stringify(plain))],
    ['null', 'null'],
    ['a list', '[]'],
    ['an object without fields', '{}'],
    ['an id that is a number', JSON.stringify({ ...event, event_id: 7 })],
    ['an id without end', JSON.stringify({ ...event, event_id: 'x'.repeat(257) })],
    ['no kind', JSON.stringify({ ...event, event_type: '' })],
    ['no time', JSON.stringify({ ...event, timestamp: null })],
    ['a time that is text', JSON.stringify({ ...event, timestamp: '1753985275' })],
    ['data that are a list', JSON.stringify({ ...event, data: [] })],
    ['a job id that is an object', JSON.stringify({ ...event, data: { job_id: {} } })],
    ['100,000 levels', '['.repeat(100_000)],
  ])('answers a signed body of %s with 400', async (_, body) => {
    const { hook, received } = receiver();

    expect(await post(hook, body)).toBe(400);

    expect(received).toEqual([]);
  });

  it.each([
    [-300, 200],
    [-301, 401],
    [300, 200],
    [301, 401],
  ])('answers a message from %d seconds away with %d', async (seconds, status) => {
    const { hook } = receiver();
    const body = JSON.stringify({ ...event, timestamp: now / 1_000 + seconds });
    expect(await post(hook, body)).toBe(status);
  });

  it('emits an event once, also when it comes again at the same time', async () => {
    const { hook, received } = receiver();

    const statuses = await Promise.all([post(hook, plain), post(hook, plain), post(hook, plain)]);

    expect(statuses).toEqual([200, 200, 200]);
    expect(received).toEqual([event]);
  });

  it('remembers as many events as it is told', async () => {
    const { hook, received } = receiver({ signingSecret: 'key', remember: 2 });
    for (const event_id of ['a', 'b', 'a', 'c', 'b', 'a']) {
      await post(hook, JSON.stringify({ ...event, event_id }));
    }
    expect(received.map(({ event_id }) => event_id)).toEqual(['a', 'b', 'c', 'a']);
  });

  it('has an event sent again that nobody was there for', async () => {
    const hook = fromWebhooks({ signingSecret: 'key', scheduler });
    expect(await post(hook, plain)).toBe(503);
    const received: WebhookMessage[] = [];
    hook.events.subscribe((each) => received.push(each));

    expect(await post(hook, plain)).toBe(200);

    expect(received).toEqual([event]);
  });

  it('answers what is no POST, and what was read before', async () => {
    const { hook } = receiver();
    const get = await hook.response(new Request('http://a/'));
    const read = new Request('http://a/', { method: 'POST', body: plain });
    await read.text();

    expect(get.status).toBe(405);
    expect((await hook.response(read)).status).toBe(500);
  });

  it('keeps nothing of a body that is too large, and stops reading it', async () => {
    const { hook } = receiver({ signingSecret: 'key', maxBodyBytes: 1_000 });
    const cancelled = vi.fn();
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(400)),
      cancel: cancelled,
    });
    const init = { method: 'POST', body, duplex: 'half' as const };

    expect((await hook.response(new Request('http://a/', init))).status).toBe(413);

    expect(cancelled).toHaveBeenCalledTimes(1);
  });

  it('survives a body that breaks off', async () => {
    const { hook } = receiver();
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) });
    const init = { method: 'POST', body, duplex: 'half' as const };

    expect((await hook.response(new Request('http://a/', init))).status).toBe(400);
  });

  it.each<[WebhooksConfig, string]>([
    [{}, 'signingSecret or headers'],
    [{ signingSecret: '' }, 'signingSecret or headers'],
    [{ signingSecret: ['a', ''] }, 'signingSecret or headers'],
    [{ headers: { 'x-secret': '' } }, 'signingSecret or headers'],
    [{ signingSecret: 'a', tolerance: 0 }, 'tolerance must be positive, got 0'],
    [{ signingSecret: 'a', remember: -1 }, 'remember must be positive, got -1'],
    [{ signingSecret: 'a', maxBodyBytes: NaN }, 'maxBodyBytes must be positive, got NaN'],
  ])('refuses %o when called', (config, complaint) => {
    expect(() => fromWebhooks(config)).toThrow(complaint);
  });
});

describe('fromWebhooks over a socket', () => {
  it('answers in node:http and in Express, and says what a body parser has eaten', async () => {
    const { hook, received } = receiver();
    const app = express();
    app.post('/raw', hook.handle);
    app.post('/parsed', express.json(), hook.handle);
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const send = async (path: string) => {
      const headers = { 'lc-signature': sign(plain), 'content-type': 'application/json' };
      const url = `http://127.0.0.1:${port}${path}`;
      return (await fetch(url, { method: 'POST', body: plain, headers })).status;
    };

    expect([await send('/parsed'), await send('/raw'), await send('/raw')]).toEqual([
      500, 200, 200,
    ]);

    expect(received).toEqual([event]);
    server.close();
  });

  it('takes the bytes that a middleware has kept as they came', async () => {
    const { hook, received } = receiver();
    const app = express();
    const keep = (request: express.Request & { rawBody?: Buffer }, _: unknown, bytes: Buffer) => {
      request.rawBody = bytes;
    };
    app.post('/buffer', express.raw({ type: '*/*' }), hook.handle);
    app.post('/text', express.text({ type: '*/*' }), hook.handle);
    app.post('/nest', express.json({ verify: keep }), hook.handle);
    app.post('/given', express.json({ verify: keep }), (request, response) =>
      hook.handle(request, response, new Uint8Array(Buffer.from(plain)).buffer),
    );
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    for (const path of ['buffer', 'text', 'nest', 'given']) {
      const headers = { 'lc-signature': sign(plain), 'content-type': 'application/json' };
      const url = `http://127.0.0.1:${port}/${path}`;
      const answer = await fetch(url, { method: 'POST', body: plain, headers });
      expect(answer.status, path).toBe(200);
    }
    expect(received).toEqual([event]);
    server.close();
  });

  it('bounds what a middleware has kept, too', async () => {
    const { hook } = receiver({ signingSecret: 'key', maxBodyBytes: 10 });
    const told: WebhookRefusal[] = [];
    hook.refused.subscribe((refusal) => told.push(refusal));
    const server = createServer((request, response) => hook.handle(request, response, plain));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: plain });
    expect(answer.status).toBe(413);
    expect(told.map(({ reason }) => reason)).toEqual(['too-large']);
    server.close();
  });

  describe('tells on this side why it refuses', () => {
    const late = JSON.stringify({ ...event, timestamp: now / 1_000 - 3_600 });
    const early = JSON.stringify({ ...event, timestamp: now / 1_000 + 7_200 });
    const json = '{"no":"event"}';
    const get = new Request('http://a/');
    const cases: readonly (readonly [
      what: string,
      request: () => Request | Promise<Request>,
      status: number,
      reason: string,
      words: RegExp,
    ])[] = [
      ['a GET', () => get, 405, 'method', /GET/],
      [
        'no signature',
        () => signed(plain, {}),
        401,
        'signature',
        /no header lc-signature.*webhook_signing_secret/,
      ],
      [
        'an odd signature',
        () => signed(plain, { 'LC-Signature': 'v1=abc' }),
        401,
        'signature',
        /form sha256=/,
      ],
      [
        'another secret',
        () => signed(plain, { 'LC-Signature': sign(plain, 'other') }),
        401,
        'signature',
        /another secret/,
      ],
      [
        'another body',
        () => signed(`${plain} `, { 'LC-Signature': sign(plain) }),
        401,
        'signature',
        /changed it/,
      ],
      ['an old message', () => signed(late), 401, 'time', /3600 s behind this machine's clock/],
      ['a message of the future', () => signed(early), 401, 'time', /7200 s ahead of/],
      ['what is no event', () => signed(json), 400, 'format', /event_id/],
      ['a body that was read', readBefore, 500, 'read', /JSON parser/],
    ];

    function signed(
      body: string,
      headers: Record<string, string> = { 'LC-Signature': sign(body) },
    ): Request {
      return new Request('http://a/', { method: 'POST', body, headers });
    }

    async function readBefore(): Promise<Request> {
      const request = signed(plain);
      await request.text();
      return request;
    }

    it.each(cases)('%s', async (_, request, status, reason, words) => {
      const { hook } = receiver();
      const told: WebhookRefusal[] = [];
      hook.refused.subscribe((refusal) => told.push(refusal));
      expect((await hook.response(await request())).status).toBe(status);
      expect(told).toEqual([{ status, reason, message: expect.stringMatching(words) as string }]);
      expect(JSON.stringify(told)).not.toMatch(/sha256=[\da-f]|pjb-1/);
    });

    it('secret headers, without their values', async () => {
      const { hook } = receiver({ headers: { 'X-Secret': 'hunter22', 'X-Other': 'swordfish' } });
      const told: WebhookRefusal[] = [];
      hook.refused.subscribe((refusal) => told.push(refusal));
      expect(await post(hook, plain, { 'x-secret': 'wrong-one' })).toBe(401);
      expect(told).toEqual([
        {
          ...{ status: 401, reason: 'header' },
          message: 'the header x-secret has another value, there is no header x-other',
        },
      ]);
    });

    it('that nobody is there', async () => {
      const hook = fromWebhooks({ scheduler, signingSecret: 'key' });
      const told: string[] = [];
      hook.refused.subscribe(({ reason }) => told.push(reason));
      expect(await post(hook, plain)).toBe(503);
      expect(told).toEqual(['unobserved']);
    });
  });

  it('answers in Fastify, with a parser that leaves the body alone', async () => {
    const { hook, received } = receiver();
    const app = fastify();
    app.addContentTypeParser('application/json', (_request, _payload, done) => done(null));
    app.post('/hook', (request, reply) => hook.handle(request.raw, reply.hijack().raw));
    const url = await app.listen({ port: 0, host: '127.0.0.1' });

    const headers = { 'lc-signature': sign(plain), 'content-type': 'application/json' };
    const answer = await fetch(`${url}/hook`, { method: 'POST', body: plain, headers });

    expect(answer.status).toBe(200);
    expect(received).toEqual([event]);
    await app.close();
  });

  it('tells a sender of too much so, and is rid of it', async () => {
    const { hook } = receiver({ signingSecret: 'key', maxBodyBytes: 1_000 });
    const server = createServer(hook.handle).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = dial((server.address() as AddressInfo).port);
    socket.on('error', () => undefined);
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000000\r\n\r\n');
    socket.write(Buffer.alloc(5_000));

    expect(await text(socket)).toMatch(/^HTTP\/1\.1 413 .*connection: close/is);

    server.close();
  });
});
