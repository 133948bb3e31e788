import 'reflect-metadata';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Controller, Headers, Logger, Sse } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import compression from 'compression';
import { concat, finalize, NEVER, of, Subject } from 'rxjs';
import { EventSource, type MessageEvent } from 'undici';
import { describe, expect, it, vi } from 'vitest';
import { type SseFeed, toSse } from '../../src/bridges/toSse.ts';
import { uiMessageResponse } from '../../src/bridges/uiMessageResponse.ts';

/** A server that answers `/feed` with a feed. */
interface FeedServer extends AsyncDisposable {
  readonly url: string;
}

function listening(server: Server, close: () => Promise<unknown>): FeedServer {
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/feed`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await close();
    },
  };
}

function closed(server: Server): () => Promise<unknown> {
  return () => once(server.close(), 'close');
}

async function startNode(feed: SseFeed): Promise<FeedServer> {
  const server = createServer(feed.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return listening(server, closed(server));
}

async function startExpress(feed: SseFeed): Promise<FeedServer> {
  const app = express();
  app.get('/feed', feed.handle);
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return listening(server, closed(server));
}

async function startFastify(feed: SseFeed): Promise<FeedServer> {
  const app = fastify();
  app.get('/feed', (request, reply) => feed.handle(request.raw, reply.hijack().raw));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return listening(app.server, () => app.close());
}

async function startFastifyWithResponse(feed: SseFeed): Promise<FeedServer> {
  const app = fastify();
  app.get('/feed', ({ url, headers }, reply) => {
    const id = headers['last-event-id'];
    const given = id === undefined ? {} : { 'last-event-id': String(id) };
    return reply.send(feed.response(new Request(new URL(url, 'http://a'), { headers: given })));
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return listening(app.server, () => app.close());
}

async function startHono(feed: SseFeed): Promise<FeedServer> {
  const app = new Hono();
  app.get('/feed', (context) => feed.response(context.req.raw));
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
  await once(server, 'listening');
  return listening(server, closed(server));
}

async function startNest(feed: SseFeed): Promise<FeedServer> {
  class FeedController {
    feed(lastEventId: string | undefined) {
      return feed.messages(lastEventId);
    }
  }
  // What decorators do; Node strips types only, and decorators are more than types.
  const { prototype } = FeedController;
  const method = Object.getOwnPropertyDescriptor(prototype, 'feed');
  Sse('feed')(prototype, 'feed', method ?? {});
  Headers('last-event-id')(prototype, 'feed', 0);
  Controller()(FeedController);

  Logger.overrideLogger(false);
  const app = await NestFactory.create({ module: FeedController, controllers: [FeedController] });
  await app.listen(0, '127.0.0.1');
  return listening(app.getHttpServer() as Server, () => app.close());
}

/** A client as browsers have it, with all that it was told. */
function connectTo(url: string) {
  const told: string[] = [];
  const ids: string[] = [];
  const source = new EventSource(url);
  for (const type of ['message', 'gap', 'end', 'error']) {
    source.addEventListener(type, (event: Event) => {
      // A lost connection is an event of the name `error` too, without data.
      if ('data' in event) {
        const { data, lastEventId } = event as MessageEvent<string>;
        told.push(type === 'message' ? data : `${type} ${data}`);
        ids.push(lastEventId);
      }
    });
  }
  return { source, told, ids };
}

describe('behind compression()', () => {
  it.each<[string, (request: express.Request, response: express.Response) => void]>([
    ['toSse', toSse(concat(of('a'), NEVER)).handle],
    [
      'uiMessageResponse',
      (_, response) => {
        const { headers, body } = uiMessageResponse(concat(of({ type: 'start' } as const), NEVER));
        response.writeHead(200, Object.fromEntries(headers));
        pipeline(Readable.fromWeb(body ?? new ReadableStream()), response, () => undefined);
      },
    ],
  ])('%s arrives at once', async (_, answer) => {
    const app = express();
    app.use(compression());
    app.get('/feed', answer);
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await using started = listening(server, closed(server));
    const response = await fetch(started.url, { headers: { 'accept-encoding': 'gzip' } });
    expect(response.headers.get('content-encoding')).toBeNull();
    const text = response.body?.pipeThrough(new TextDecoderStream());
    for await (const part of text ?? []) {
      if (part.includes('data: ')) {
        break;
      }
    }
  });
});

describe.each([
  ['node:http', startNode],
  ['Express', startExpress],
  ['Fastify', startFastify],
  ['Fastify with a Response', startFastifyWithResponse],
  ['Hono', startHono],
  ['Nest', startNest],
])('toSse in %s', (name, start) => {
  it('gives every client the messages, and each client that comes back those it missed', async () => {
    const source = new Subject<object>();
    const left = vi.fn();
    const feed = toSse(source.pipe(finalize(left)), { shared: true, retry: 1, linger: 5_000 });
    await using server = await start(feed);
    const one = connectTo(server.url);
    await vi.waitFor(() => expect(source.observed).toBe(true));
    source.next({ text: 'a\nb' });
    await vi.waitFor(() => expect(one.told).toEqual(['{"text":"a\\nb"}']));
    one.source.close();

    source.next({ text: 'missed' });
    const answer = await fetch(server.url, { headers: { 'last-event-id': one.ids[0] ?? '' } });
    const body = answer.text();
    source.next({ text: 'ü' });
    source.complete();

    const said = (await body).match(/(?<=data: ).*/g);
    expect(said).toEqual(['{"text":"missed"}', '{"text":"ü"}', 'null']);
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(answer.headers.get('cache-control')).toContain('no-transform');
    expect(left).toHaveBeenCalledTimes(1);
  });

  it('unsubscribes when the client leaves', async () => {
    const source = new Subject<string>();
    await using server = await start(toSse(source));
    const client = connectTo(server.url);
    await vi.waitFor(() => expect(source.observed).toBe(true));
    source.next('a');
    await vi.waitFor(() => expect(client.told).toEqual(['"a"']));

    client.source.close();

    await vi.waitFor(() => expect(source.observed).toBe(false));
  });

  it('tells of an error, closes the connection and goes on serving', async () => {
    const source = new Subject<string>();
    await using server = await start(toSse(source, { retry: 1 }));
    const client = connectTo(server.url);
    await vi.waitFor(() => expect(source.observed).toBe(true));
    source.error(new Error('secret'));

    await vi.waitFor(() =>
      expect(client.told).toEqual([
        'error {"kind":"Error","message":"Something went wrong on the server."}',
      ]),
    );
    // The client comes back with the id of the end, and is sent away for good.
    if (name === 'Nest') {
      client.source.close();
    } else {
      await vi.waitFor(() => expect(client.source.readyState).toBe(EventSource.CLOSED));
    }
    expect((await fetch(server.url)).status).toBe(200);
  });
});
