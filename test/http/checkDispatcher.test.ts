import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { lastValueFrom, toArray } from 'rxjs';
import * as undici from 'undici';
import * as undici6 from 'undici6';
import * as undici7 from 'undici7';
import { describe, expect, it } from 'vitest';
import { connect, type Connection } from '../../src/http/connection.ts';
import { getDirectory } from '../../src/sources/directories.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { errorOf } from '../support/errorOf.ts';
import { json, startServer } from '../support/server.ts';

const run = promisify(execFile);

function withDispatcher(dispatcher: unknown, baseUrl = 'http://api.example'): Connection {
  return connect({ token: 'llx-test', baseUrl, dispatcher: dispatcher as undici.Dispatcher });
}

describe('a dispatcher', () => {
  it.each<[string, () => unknown]>([
    ['an Agent', () => new undici.Agent()],
    ['an Agent with interceptors', () => new undici.Agent().compose(undici.interceptors.dns())],
    ['one made by hand', () => handMade(new undici.Agent())],
  ])('of undici 8 tells how much of an upload was sent: %s', async (_, make) => {
    await using server = await startServer((__, response) => json(response, {}));
    const connection = withDispatcher(make(), server.url);
    const events = await lastValueFrom(
      uploadDirectoryFile(connection, 'd', { upload_file: new Uint8Array(9) }).pipe(toArray()),
    );
    expect(events[0]).toEqual({ type: 'progress', loaded: 9, total: 9 });
  });

  it('that throws fails the request, and frees its place in the queue', async () => {
    const broken = {
      dispatch() {
        throw new Error('out of order');
      },
    };
    const connection = connect({
      ...{ token: 'llx-test', baseUrl: 'http://api.example', concurrency: 1 },
      ...{ dispatcher: broken as unknown as undici.Dispatcher, retry: { attempts: 1 } },
    });
    for (const id of ['d-1', 'd-2']) {
      expect(String(await errorOf(getDirectory(connection, id)))).toBe('Error: out of order');
    }
  });

  it.each<[string, () => unknown]>([
    ['an Agent of undici 6', () => new undici6.Agent()],
    ['a ProxyAgent of undici 6', () => new undici6.ProxyAgent('http://proxy.example')],
    ['an Agent of undici 7', () => new undici7.Agent()],
    ['a Pool of undici 7', () => new undici7.Pool('http://api.example')],
    ['a ProxyAgent of undici 7', () => new undici7.ProxyAgent('http://proxy.example')],
    ['an EnvHttpProxyAgent of undici 7', () => new undici7.EnvHttpProxyAgent()],
    [
      'an Agent of undici 7 with interceptors',
      () => new undici7.Agent().compose(undici7.interceptors.retry()),
    ],
  ])('that cannot do so is refused when called: %s', (_, make) => {
    const call = (): unknown => withDispatcher(make());
    expect(call).toThrow(TypeError);
    expect(call).toThrow('Install undici 8 and take the dispatcher from it');
  });

  it('that is the one inside of Node is as its undici is', async () => {
    const { url } = import.meta;
    const program = `
      await fetch('http://127.0.0.1:0').catch(() => undefined);
      const dispatcher = globalThis[Symbol.for('undici.globalDispatcher.1')];
      const { connect } = await import('${new URL('../../src/http/connection.ts', url).href}');
      try {
        connect({ token: 't', dispatcher });
        console.log('taken');
      } catch (error) {
        console.log(error.message);
      }`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program]);
    const isOld = Number.parseInt(process.versions.undici ?? '0') < 8;
    expect(stdout).toMatch(isOld ? /the one inside of Node/ : /taken/);
  });

  it.each([null, 'http://proxy.example', 7, {}, { dispatch: true }, () => undefined])(
    'is not %j',
    (dispatcher) => {
      expect(() => withDispatcher(dispatcher)).toThrow(
        'connect: dispatcher must be one of undici 8',
      );
    },
  );
});

function handMade(agent: undici.Dispatcher): unknown {
  const dispatch: undici.Dispatcher['dispatch'] = (options, handler) =>
    agent.dispatch(options, handler);
  return { dispatch };
}
