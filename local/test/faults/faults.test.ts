import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/faults/fault.ts';
import type { LocalCloud } from '../../src/startLocalCloud.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { createDirectory, send } from '../support/cloud.ts';

const path = '/api/v1/beta/directories';
const list = `GET ${path}`;

describe('a fault', () => {
  let cloud: LocalCloud;
  beforeAll(async () => {
    cloud = await startLocalCloud();
    await createDirectory(cloud, 'One');
    await createDirectory(cloud, 'Two');
  });
  afterAll(() => cloud.close());
  afterEach(() => cloud.faults.clear());

  const ask = (fault: Fault, init: RequestInit = {}) => {
    cloud.faults.next(list, fault);
    return fetch(cloud.url + path, {
      headers: { authorization: `Bearer ${cloud.token}` },
      ...init,
    });
  };

  /** All that comes over the socket until it ends, and how it ends. */
  const listen = async (fault: Fault) => {
    const socket = connect(cloud.port, '127.0.0.1');
    const chunks: Buffer[] = [];
    let code: string | undefined;
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => (code = error.code));
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${cloud.port}\r\nConnection: close\r\n` +
        `Authorization: Bearer ${cloud.token}\r\nx-fault: ${JSON.stringify(fault)}\r\n\r\n`,
    );
    await new Promise((resolve) => socket.once('close', resolve));
    const text = Buffer.concat(chunks).toString();
    return { head: text.split('\r\n\r\n')[0] ?? '', body: text.split('\r\n\r\n')[1] ?? '', code };
  };

  it('meets the next request and no other', async () => {
    cloud.faults.next(list, { status: 503 });
    const statuses = [await send(cloud, list), await send(cloud, list)].map((a) => a.status);
    expect(statuses).toEqual([503, 200]);
  });

  it.each([
    [{ status: 429, retryAfter: 2 }, 'retry-after', /^2$/],
    [
      { status: 429, retryAfter: 2, retryAfterForm: 'date' },
      'retry-after',
      /^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/,
    ],
    [
      { status: 429, retryAfter: 2, retryAfterForm: 'asctime' },
      'retry-after',
      /^\w{3} \w{3} [ \d]\d [\d:]{8} \d{4}$/,
    ],
    [{ status: 429, retryAfter: 2, retryAfterForm: 'ms' }, 'retry-after-ms', /^2000$/],
    [{ status: 503, headers: { 'retry-after': '-5' } }, 'retry-after', /^-5$/],
  ] satisfies [Fault, string, RegExp][])('answers as %j says', async (fault, header, value) => {
    const answer = await ask(fault);
    expect(answer.status).toBe(fault.status);
    expect(answer.headers.get(header)).toMatch(value);
    expect(await answer.json()).toHaveProperty('detail');
  });

  it('can leave out when to come back', async () => {
    const { headers } = await ask({ status: 429 });
    expect([headers.get('retry-after'), headers.get('retry-after-ms')]).toEqual([null, null]);
  });

  it('resets the connection where it says', async () => {
    expect(await listen({ reset: 'before-headers' })).toEqual({
      head: '',
      body: '',
      code: 'ECONNRESET',
    });
    expect(await listen({ reset: 'in-headers' })).toMatchObject({
      head: 'HTTP/1.1 200 OK\r\ncontent-type: applica',
      code: 'ECONNRESET',
    });
    const inBody = await listen({ reset: 10 });
    expect(inBody).toMatchObject({ code: 'ECONNRESET' });
    expect(inBody.head).toContain('HTTP/1.1 200 OK');
    expect(inBody.body).toMatch(/^a\r\n\{"items":\[\r\n$/);
  });

  it.each([['before-headers'], ['in-headers'], [0], [10]] as const)(
    'sends nothing more from %s on, and lets the connection be',
    async (stall) => {
      const leaving = new AbortController();
      const heard: string[] = [];
      const asked = ask({ stall }, { signal: leaving.signal }).then(async (answer) => {
        heard.push('headers');
        for await (const chunk of answer.body ?? []) {
          heard.push(Buffer.from(chunk as Uint8Array).toString());
        }
      });
      const silence = new Promise((resolve) => setTimeout(resolve, 50, 'silence'));
      expect(await Promise.race([asked, silence])).toBe('silence');
      leaving.abort();
      await expect(asked).rejects.toThrow('aborted');
      const expected = { 'before-headers': [], 'in-headers': [], 0: ['headers'] };
      expect(heard).toEqual(stall === 10 ? ['headers', '{"items":['] : expected[stall]);
    },
  );

  it('lets a cloud close although an answer stalls', async () => {
    await using other = await startLocalCloud();
    other.faults.next(list, { stall: 0 });
    const { body } = await fetch(other.url + path, {
      headers: { authorization: `Bearer ${other.token}` },
    });
    const read = new Response(body).text();
    const start = performance.now();
    await Promise.all([expect(read).rejects.toThrow('terminated'), other.close()]);
    expect(performance.now() - start).toBeLessThan(1_500);
  });

  it('sends the body in pieces', async () => {
    const { head, body } = await listen({ drip: 100, every: 1 });
    expect(head).toMatch(/transfer-encoding: chunked/i);
    expect(body).toMatch(/^64\r\n/);
  });

  it('announces another length than it sends', async () => {
    const lengths = async (contentLength: number) => {
      const { head, body } = await listen({ contentLength });
      return Number(/content-length: (\d+)/.exec(head)?.[1]) - body.length;
    };
    expect(await lengths(7)).toBe(7);
    expect(await lengths(-7)).toBe(-7);
  });

  it('puts another body in place of the right one', async () => {
    await expect((await ask({ body: 'cut-json' })).json()).rejects.toThrow('JSON');
    const html = await ask({ body: 'html' });
    expect(html.headers.get('content-type')).toMatch('text/html');
    expect(await html.text()).toMatch(/^<!doctype html>/);
    expect(await (await ask({ body: 'empty' })).text()).toBe('');
    expect(await (await ask({ body: 'deep-json' })).text()).toMatch(/^\[{100000}\]{100000}$/);
  });

  it('encodes the body harmfully', async () => {
    const bomb = await ask({ encoding: 'bomb', bytes: 3_000_000 });
    const text = await bomb.text();
    expect(text.length).toBeGreaterThan(3_000_000);
    expect(JSON.parse(text)).toHaveProperty('items');
    const small = await listen({ encoding: 'bomb', bytes: 3_000_000 });
    expect(small.body.length).toBeLessThan(10_000);

    const stacked = await listen({ encoding: 'stacked' });
    expect(stacked.head).toMatch(/content-encoding: (gzip, ){49}gzip\r\n/);
    const unknown = await ask({ encoding: 'unknown' });
    expect(unknown.headers.get('content-encoding')).toBe('x-unheard-of');
    await expect((await ask({ encoding: 'corrupt' })).text()).rejects.toThrow('terminated');
  });

  it('redirects in circles, to another origin and to a URL', async () => {
    await expect(ask({ redirect: 'loop' })).rejects.toHaveProperty(
      'cause.message',
      'redirect count exceeded',
    );
    const other = await ask({ redirect: 'other-origin' }, { redirect: 'manual' });
    expect(other.status).toBe(307);
    expect(other.headers.get('location')).toBe(`http://localhost:${cloud.port}${path}`);
    const target = 'https://elsewhere.example/x';
    const named = await ask({ redirect: target, status: 302 }, { redirect: 'manual' });
    expect([named.status, named.headers.get('location')]).toEqual([302, target]);
  });

  it('adds headers without end', async () => {
    const { head } = await listen({ headerBytes: 100_000 });
    expect(head.length).toBeGreaterThan(100_000);
  });

  it('makes a page of a list lead nowhere, whether the token is in the query or in the body', async () => {
    cloud.faults.next(list, { page: 'same-token' }, 2);
    const first = await send(cloud, `${list}?page_size=1`);
    const { next_page_token } = first.body as { next_page_token: string };
    const second = await send(cloud, `${list}?page_size=1&page_token=${next_page_token}`);
    expect(second.body).toMatchObject({ items: [{ name: 'Two' }], next_page_token });

    cloud.faults.next(list, { page: 'empty' });
    expect((await send(cloud, `${list}?page_size=1`)).body).toEqual(
      expect.objectContaining({ items: [], next_page_token }),
    );

    cloud.faults.next(list, { page: 'empty' });
    expect((await send(cloud, list)).body).toMatchObject({
      items: [{ name: 'One' }, { name: 'Two' }],
      next_page_token: null,
    });

    const search = 'POST /api/v1/beta/agent-data/:search';
    const record = { deployment_name: 'd', collection: 'c', data: {} };
    await send(cloud, 'POST /api/v1/beta/agent-data', record);
    await send(cloud, 'POST /api/v1/beta/agent-data', record);
    const query = { deployment_name: 'd', collection: 'c', page_size: 1 };
    const page = (await send(cloud, search, query)).body as { next_page_token: string };
    cloud.faults.next(search, { page: 'same-token' });
    const again = await send(cloud, search, { ...query, page_token: page.next_page_token });
    expect(again.body).toMatchObject({ next_page_token: page.next_page_token });
  });

  it('carries the operation out only where it says so', async () => {
    const names = async () => {
      const { items } = (await send(cloud, list)).body as { items: { name: string }[] };
      return items.map(({ name }) => name);
    };
    const create = (name: string, fault: Fault) => {
      cloud.faults.next(`POST ${path}`, fault);
      return send(cloud, `POST ${path}`, { name });
    };
    await expect(create('not done', { reset: 'before-headers' })).rejects.toThrow();
    await expect(create('done', { reset: 'before-headers', carriedOut: true })).rejects.toThrow();
    expect((await create('done, said no', { status: 504, carriedOut: true })).status).toBe(504);
    expect(await names()).toEqual(expect.arrayContaining(['done', 'done, said no']));
    expect(await names()).not.toContain('not done');
  });
});
