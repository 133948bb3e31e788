import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect } from 'vitest';
import { wireOf } from '../../src/http/connection.ts';
import { getDirectory } from '../../src/sources/directories.ts';
import { json, startServer } from '../support/server.ts';
import { eventually } from './support/eventually.ts';
import { fault } from './support/fault.ts';

/** A service with an answer that takes a moment, one that never comes, a stream that never ends, and calls in line. */
const service = (url: string): string => `
  import { close, connect, getIndex, streamChat } from 'rx-llamacloud';
  const connection = connect({ token: 't', baseUrl: '${url}', concurrency: 3 });
  const tell = (what) => ({
    next: () => console.log(what, 'value'),
    error: ({ name, kind, ambiguous, cause }) => console.log(what, name, kind, ambiguous ?? cause?.kind),
  });
  getIndex(connection, 'soon').subscribe(tell('soon'));
  getIndex(connection, 'never').subscribe(tell('never'));
  streamChat(connection, 'ses-1', { prompt: 'x', index_ids: ['idx-1'] }).subscribe(tell('chat'));
  getIndex(connection, 'third').subscribe(tell('third'));
  getIndex(connection, 'waiting').subscribe(tell('waiting'));
  process.once('SIGTERM', () =>
    close(connection, { graceMs: 300 }).subscribe(() => console.log('closed')),
  );
`;

describe('Everywhere', () => {
  fault(
    75,
    'SIGTERM while requests, a chat and a line of calls are under way; ten thousand subscriptions that are given up',
    {
      behaviour:
        '`close` lets what is on the wire finish within `graceMs`, aborts the rest with the kind `shutdown`, and the process ends by itself, with nothing to hold it. What is unsubscribed leaves nothing behind, and what was in line is never sent.',
    },
    async (run) => {
      // Not one of the run's servers, as the requests to it come from another process.
      let answerSoon = (): void => undefined;
      await using server = await startServer(({ url }, response) => {
        if (url.includes('soon')) {
          answerSoon = () => json(response, { id: 'soon' });
        } else if (url.includes('messages')) {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.write('data: {"type":"text","content":"x"}\n\n');
        }
      });
      const flags = ['--conditions=@rx-llamacloud/source', '--input-type=module', '--eval'];
      const child = spawn(process.execPath, [...flags, service(server.url)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exit = once(child, 'exit');
      const lines: string[] = [];
      createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));

      // The chat gives its place in line back once it streams.
      await server.until(() => server.requests.length === 4);
      await eventually(() => expect(lines).toEqual(['chat value']), 5_000);
      child.kill('SIGTERM');
      const told = performance.now();
      await eventually(() => expect(lines).toContain('waiting NetworkError shutdown false'), 5_000);
      answerSoon();
      expect(await exit).toEqual([0, null]);
      expect(performance.now() - told).toBeLessThan(3_500);
      expect(lines.slice(1, 3)).toEqual(['waiting NetworkError shutdown false', 'soon value']);
      expect(lines.slice(3).toSorted()).toEqual([
        'chat StreamError incomplete shutdown',
        'closed',
        'never NetworkError shutdown true',
        'third NetworkError shutdown true',
      ]);
      expect(lines.at(-1)).toBe('closed');
      expect(server.requests).toHaveLength(4);

      const silent = await run.server(() => undefined);
      const connection = run.connect(silent, { concurrency: 4 });
      const { dispatcher } = wireOf(connection);
      const listeners = (): number =>
        [dispatcher, process].reduce(
          (sum, emitter) =>
            sum + emitter.eventNames().reduce((n, name) => n + emitter.listenerCount(name), 0),
          0,
        );
      const held = Array.from({ length: 4 }, () => run.watch(getDirectory(connection, 'dir-1')));
      await silent.until(() => silent.requests.length === 4);
      const before = listeners();
      for (let n = 0; n < 10_000; n += 1) {
        getDirectory(connection, 'dir-2').subscribe().unsubscribe();
      }
      expect(listeners()).toBe(before);
      held.forEach((one) => one.unsubscribe());
      await silent.until(() => silent.sockets() === 0);
      expect(silent.requests).toHaveLength(4);
    },
  );
});
