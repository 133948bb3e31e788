import { describe, expect, it } from 'vitest';
import { close } from '../../src/http/close.ts';
import { connect, type Connection } from '../../src/http/connection.ts';
import type { ConnectionConfig } from '../../src/http/connectionConfig.ts';
import { operations, watchers } from '../cancellation/support/operations.ts';
import { type Answerer, json, startServer } from '../support/server.ts';
import { type Complaint, tenant, wrongContexts } from './support/tenants.ts';

/** What all operations can make something of. */
const answer = {
  id: 'x',
  status: 'COMPLETED',
  metadata: { status: 'completed' },
  job: { id: 'x', status: 'completed' },
  items: [{ id: 'a' }, { id: 'b' }],
  total_size: 2,
  results: [],
};

const well: Answerer = ({ headers }, response) => {
  if (headers.accept === 'text/event-stream') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: {"type":"text_delta","content":"It "}\n\n');
    setTimeout(() => {
      response.write('data: {"type":"text_delta","content":"grew."}\n\n');
      response.end('data: {"type":"stop"}\n\n');
    }, 2);
  } else {
    setTimeout(() => json(response, answer), 2);
  }
};

/** Answers every other request of each kind otherwise. */
function everyOther(otherwise: Answerer): Answerer {
  let count = 0;
  return (request, response, raw) => (count++ % 2 === 0 ? otherwise : well)(request, response, raw);
}

/** What can become of calls; `config` is of the connection that all of them share. */
const fates: readonly {
  readonly name: string;
  readonly answer: () => Answerer;
  readonly config?: ConnectionConfig;
  readonly meanwhile?: (connection: Connection) => void;
}[] = [
  { name: 'are answered', answer: () => well },
  {
    name: 'are tried again after a 503',
    answer: () => everyOther((_, response) => json(response, {}, 503)),
    config: {
      retry: ({ attempts }) => (attempts < 3 ? { waitMs: 5, mayRepeat: true } : undefined),
    },
  },
  {
    name: 'are held back by a 429',
    answer: () => {
      let refused = 0;
      return (request, response, raw) =>
        refused++ < 10
          ? json(response, {}, 429, { 'retry-after-ms': '20' })
          : well(request, response, raw);
    },
    config: { adaptiveRate: false },
  },
  {
    name: 'lose their sockets',
    answer: () => everyOther((_, __, raw) => void raw.socket.destroy()),
    config: {
      retry: ({ attempts }) => (attempts < 2 ? { waitMs: 1, mayRepeat: true } : undefined),
    },
  },
  {
    name: 'are refused',
    answer: () => (_, response) => json(response, { detail: 'no' }, 403),
  },
  {
    name: 'get no answer in time',
    answer: () => () => undefined,
    config: { concurrency: 5_000, timeouts: { total: 300, headers: 200 }, retry: { attempts: 1 } },
  },
  {
    name: 'are closed by somebody else',
    answer: () => () => undefined,
    meanwhile: (connection) =>
      void tenant.run('the one who closes', () =>
        setTimeout(() => close(connection, { graceMs: 20 }).subscribe(), 50),
      ),
  },
];

describe.each(fates)('calls that $name', ({ answer: answerer, config, meanwhile }) => {
  it('tell each tenant in its own context, whichever source it is', async () => {
    await using server = await startServer(answerer());
    const connection = connect({ token: 'llx-test', baseUrl: server.url, ...config });
    meanwhile?.(connection);
    const complaints = await Promise.all([
      ...Object.entries(operations).map(([name, start]) =>
        wrongContexts(name, () => start(connection, server.url)),
      ),
      ...Object.entries(watchers).map(([name, watch]) =>
        wrongContexts(name, () => watch(connection, { patience: 0 })),
      ),
    ]);
    expect(complaints.flat()).toEqual([] satisfies Complaint[]);
  });
});
