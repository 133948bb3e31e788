import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { filter, firstValueFrom, lastValueFrom } from 'rxjs';
import { activity } from '../../../src/http/activity.ts';
import type { ActivityEvent } from '../../../src/http/activityEvent.ts';
import type { Connection } from '../../../src/http/connection.ts';
import type { ConnectionConfig } from '../../../src/http/connectionConfig.ts';
import { getIndex } from '../../../src/sources/indexes.ts';
import { eventually } from '../../faults/support/eventually.ts';
import { type Answerer, json, startServer } from '../../support/server.ts';

/** Where requests are sent to, and what is seen of them there. */
export interface Site extends AsyncDisposable {
  readonly url: string;
  /** How many sockets are open, without those that have brought an answer and rest. */
  readonly sockets: () => number;
  /** How many requests were read to their end. */
  readonly requests: () => number;
  /** Resolves once `condition` holds. */
  readonly until: (condition: () => boolean) => Promise<void>;
}

/** Where an operation stands when it is unsubscribed. */
export interface State {
  readonly name: string;
  /** @param hole - The address of a black hole. */
  open(hole: string): Promise<Site>;
  readonly config?: ConnectionConfig;
  /** Brings the connection into a state of its own before the operation is started. */
  prepare?(connection: Connection): Promise<unknown>;
  /** Resolves once an operation that is started in this turn stands there. */
  reached(connection: Connection, site: Site): Promise<unknown>;
  /** How many sockets stay open, as they are somebody else's. @defaultValue 0 */
  readonly others?: number;
  /** Operations that never come there, and why. */
  readonly without?: Readonly<Record<string, string>>;
}

/** The states that operations go through. */
export const states: readonly State[] = [
  {
    name: 'in the line',
    open: () => site(() => undefined),
    config: { concurrency: 1 },
    async prepare(connection) {
      const sent = announced(connection, 'sent');
      getIndex(connection, 'idx-1').subscribe({ error: () => undefined });
      await sent;
    },
    async reached(connection, { requests, until }) {
      await announced(connection, 'queued');
      await until(() => requests() === 1);
    },
    others: 1,
  },
  {
    name: 'in the line, which a 429 has brought to a stop',
    open: () => site((_, response) => json(response, {}, 429, { 'retry-after': '600' })),
    config: { retry: { attempts: 1, maxDelay: 600_000 } },
    prepare: (connection) => lastValueFrom(getIndex(connection, 'idx-1')).catch(() => undefined),
    reached: (connection) => announced(connection, 'queued'),
  },
  {
    name: 'connecting to what does not answer',
    open: blackHole,
    reached: (_, { sockets, until }) => until(() => sockets() === 1),
  },
  {
    name: 'in the handshake of TLS',
    open: silence,
    reached: (_, { sockets, until }) => until(() => sockets() === 1),
  },
  {
    name: 'waiting for the headers',
    open: () => site(() => undefined),
    reached: (_, { requests, until }) => until(() => requests() === 1),
  },
  {
    name: 'in the middle of the answer',
    open: () => site(halfAnAnswer),
    reached: (connection) => announced(connection, 'answered'),
  },
  {
    name: 'waiting to be sent again',
    open: () => site((_, response) => json(response, {}, 503)),
    config: { retry: () => ({ waitMs: 600_000, mayRepeat: true }) },
    reached: (connection) => announced(connection, 'retrying'),
    without: { downloadPresignedUrl: 'its bytes cannot be taken back, so it is not sent again' },
  },
];

/** A state of the sources that ask again and again. */
export const betweenQuestions: State = {
  name: 'between two questions',
  open: () =>
    site((_, response) => {
      const id = 'job-1';
      const [status, metadata, job] = ['PENDING', { status: 'syncing' }, { id, status: 'running' }];
      json(response, { id, status, metadata, job });
    }),
  reached: (connection) => announced(connection, 'received'),
};

/** A state of lists. */
export const onThePageAfter: State = {
  name: 'on its second page',
  open: () =>
    site(({ url, body }, response) => {
      if (!/page_token|offset=1/.test(url + body.toString())) {
        json(response, { items: [{}], next_page_token: 'two', total_size: 9 });
      }
    }),
  reached: (_, { requests, until }) => until(() => requests() === 2),
};

/** Resolves with the first event of a type that comes from now on. */
function announced(connection: Connection, type: ActivityEvent['type']): Promise<ActivityEvent> {
  return firstValueFrom(activity(connection).pipe(filter((event) => event.type === type)));
}

const halfAnAnswer: Answerer = ({ headers }, response) => {
  const streaming = headers.accept === 'text/event-stream';
  response.writeHead(200, {
    'content-type': streaming ? 'text/event-stream' : 'application/json',
    'content-length': 1_000,
  });
  response.write(streaming ? 'data: {"type":"text","content":""}\n\ndata: {' : '{"items": [{},');
};

/** An HTTP server. */
async function site(answer: Answerer): Promise<Site> {
  const resting = new Set<Socket>();
  const server = await startServer((request, response, raw) => {
    const { socket } = raw;
    resting.delete(socket);
    response.once('finish', () => resting.add(socket));
    socket.once('close', () => resting.delete(socket));
    return answer(request, response, raw);
  });
  return {
    ...server,
    sockets: () => server.sockets() - resting.size,
    requests: () => server.requests.length,
  };
}

/** A server that takes every connection, and says nothing where a handshake is due. */
export async function silence(): Promise<Site> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    // Without a reader, the end of the other side would not be noticed.
    socket.resume().on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    sockets: () => open.size,
    requests: () => 0,
    until,
    async [Symbol.asyncDispose]() {
      open.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}

/** Nobody is there to see who comes and goes, so that it is this side's own system which tells. */
function blackHole(url: string): Promise<Site> {
  const before = connecting();
  return Promise.resolve({
    url,
    sockets: () => connecting() - before,
    requests: () => 0,
    until,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

function connecting(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'ConnectWrap').length;
}

async function until(condition: () => boolean): Promise<void> {
  await eventually(() => {
    if (!condition()) {
      throw new Error('The expected number of sockets did not come about.');
    }
  }, 5_000);
}
