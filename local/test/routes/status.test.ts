import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../src/startLocalCloud.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { createDirectory, createJob, send, until, upload } from '../support/cloud.ts';

/** What the page is sent. */
interface Figures {
  readonly counts: readonly { readonly name: string; readonly count: number }[];
  readonly work: readonly { readonly kind: string; readonly total: number; readonly age: number }[];
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly status: number | null;
  }[];
}

describe('the status page', () => {
  let cloud: LocalCloud;
  beforeEach(async () => {
    cloud = await startLocalCloud();
  });
  afterEach(() => cloud.close());

  const figures = async (): Promise<Figures> => {
    const { body } = await fetch(`${cloud.url}/status/events`);
    const events = body
      ?.pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream())
      .getReader();
    const first = await events?.read();
    await events?.cancel();
    return JSON.parse(first?.value?.data ?? '') as Figures;
  };

  /** The status of an answer to a request under this name of the host. */
  const under = async (host: string, path: string): Promise<number | undefined> => {
    const asked = request(cloud.url + path, { headers: { host } }).end();
    const [answer] = (await once(asked, 'response')) as [{ statusCode?: number; destroy(): void }];
    answer.destroy();
    return answer.statusCode;
  };

  it('is one page that loads nothing from elsewhere and shows no key', async () => {
    const answer = await fetch(cloud.url);
    const page = await answer.text();
    expect(answer.headers.get('content-type')).toMatch('text/html');
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page).not.toContain(cloud.token);
    expect(answer.headers.get('content-security-policy')).toMatch(
      /default-src 'none'; style-src 'sha256-[^']{44}'; script-src 'sha256-/,
    );
  });

  it('counts what there is, and what is deleted no more', async () => {
    const directory = await createDirectory(cloud, 'Gone');
    await createDirectory(cloud, 'There');
    await send(cloud, `DELETE /api/v1/beta/directories/${directory.id}`);
    const { counts } = await figures();
    expect(counts).toContainEqual({ name: 'Directories', count: 1 });
    expect(counts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Files', 'Indexes', 'Chats', 'Agent data']),
    );
  });

  it('shows work that has not come to its end', async () => {
    const directory = await createDirectory(cloud, 'Busy');
    await upload(cloud, directory, 'a.csv', 'a,long,table\n'.repeat(100_000));
    await createJob(cloud, { directory_id: directory.id });
    const [job] = (await figures()).work;
    expect(job).toMatchObject({ kind: 'Batch job', total: 1 });
    expect(job?.age).toBeGreaterThanOrEqual(0);
    await until(figures, ({ work }) => work.length === 0);
  });

  it('shows the last requests without what their queries hold, and not its own', async () => {
    await send(cloud, 'GET /api/v1/indexes?project_id=secret');
    await send(cloud, 'GET /api/v1/nothing');
    cloud.faults.next('GET /api/v1/indexes', { reset: 'before-headers' });
    await expect(send(cloud, 'GET /api/v1/indexes')).rejects.toThrow('fetch failed');
    await fetch(cloud.url);
    const { requests } = await until(figures, (shown) => shown.requests.length >= 3);
    const shown = requests.map(({ method, path, status }) => [method, path, status]);
    expect(shown).toEqual([
      ['GET', '/api/v1/indexes', null],
      ['GET', '/api/v1/nothing', 404],
      ['GET', '/api/v1/indexes', 200],
    ]);
    for (let sent = 0; sent < 40; sent += 1) {
      await send(cloud, 'GET /api/v1/nothing');
    }
    expect((await figures()).requests).toHaveLength(30);
  });

  it('is 403 under a name that is not this machine', async () => {
    for (const path of ['/', '/status/events']) {
      expect(await under(`localhost:${cloud.port}`, path)).toBe(200);
      expect(await under(`[::1]:${cloud.port}`, path)).toBe(200);
      expect(await under('evil.example', path)).toBe(403);
      expect(await under(`localhost.evil.example:${cloud.port}`, path)).toBe(403);
    }
  });

  it('does not keep a cloud from closing', async () => {
    const socket = connect(cloud.port, '127.0.0.1');
    socket.write(`GET /status/events HTTP/1.1\r\nHost: 127.0.0.1:${cloud.port}\r\n\r\n`);
    await once(socket, 'data');
    socket.resume();
    const start = performance.now();
    await Promise.all([once(socket, 'close'), cloud.close()]);
    expect(performance.now() - start).toBeLessThan(1_500);
  });
});
