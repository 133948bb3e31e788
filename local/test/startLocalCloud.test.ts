import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { startLocalCloud } from '../src/startLocalCloud.ts';
import {
  builtIndex,
  createDirectory,
  createIndex,
  createJob,
  send,
  upload,
} from './support/cloud.ts';

describe('startLocalCloud', () => {
  it('starts clouds that know nothing of each other', async () => {
    await using one = await startLocalCloud();
    await using two = await startLocalCloud({ token: 'of-my-own' });
    expect(two.token).toBe('of-my-own');
    await createDirectory(one, 'Here');
    const { body } = await send(two, 'GET /api/v1/beta/directories');
    expect(body).toMatchObject({ items: [] });
    expect((await fetch(`${one.url}/api/v1/indexes`)).status).toBe(401);
  });

  it('keeps everything in the folder, from one start to the next', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'start-test-'));
    const first = await startLocalCloud({ dataDir });
    const directory = await createDirectory(first, 'Kept');
    await upload(first, directory, 'kept.txt', 'kept');
    await first.close();

    const second = await startLocalCloud({ dataDir });
    expect(second.token).toBe(first.token);
    const answer = await send(second, `GET /api/v1/beta/directories/${directory.id}/files`);
    expect(answer.body).toMatchObject({ items: [{ display_name: 'kept.txt' }] });
    await second.close();
    await rm(dataDir, { recursive: true });
  });

  it('lets one cloud at a time use a folder', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'start-test-'));
    const first = await startLocalCloud({ dataDir });
    await expect(startLocalCloud({ dataDir })).rejects.toThrow('in use by another cloud');
    expect((await send(first, 'GET /api/v1/indexes')).status).toBe(200);
    await first.close();
    await (await startLocalCloud({ dataDir })).close();
    await rm(dataDir, { recursive: true });
  });

  it('leaves nothing open when the port is taken', async () => {
    await using cloud = await startLocalCloud();
    const dataDir = await mkdtemp(join(tmpdir(), 'start-test-'));
    await expect(startLocalCloud({ dataDir, port: cloud.port })).rejects.toThrow('EADDRINUSE');
    await (await startLocalCloud({ dataDir })).close();
    await rm(dataDir, { recursive: true });
  });

  it('closes in bounded time with idle and half-sent connections, jobs and builds', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'start-test-'));
    const cloud = await startLocalCloud({ dataDir });
    const directory = await createDirectory(cloud, 'Busy');
    for (const name of ['1.csv', '2.csv', '3.csv']) {
      await upload(cloud, directory, name, 'a,long,table\n'.repeat(300_000) + name);
    }
    await createJob(cloud, { directory_id: directory.id });
    await createIndex(cloud, directory);
    const socket = connect(cloud.port, '127.0.0.1');
    socket.on('error', () => undefined);
    const head = `POST /api/v1/indexes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${cloud.token}`;
    await new Promise((resolve) => {
      socket.write(`${head}\r\nContent-Length: 10\r\n\r\n{`, resolve);
    });

    const start = performance.now();
    await Promise.all([cloud.close(), cloud.close()]);
    expect(performance.now() - start).toBeLessThan(4_000);
    await expect(fetch(cloud.url)).rejects.toThrow();
    socket.destroy();
    await rm(dataDir, { recursive: true });
  });

  it('removes the temporary folder that it made for itself', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'start-test-'));
    vi.stubEnv('TMPDIR', parent);
    const cloud = await startLocalCloud();
    vi.unstubAllEnvs();
    expect(readdirSync(parent)).toHaveLength(1);
    await cloud.close();
    expect(readdirSync(parent)).toEqual([]);
    await rm(parent, { recursive: true });
  });

  it('keeps its databases in memory when it is told to, and works all the same', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'start-test-'));
    vi.stubEnv('TMPDIR', parent);
    const cloud = await startLocalCloud({ memory: true });
    vi.unstubAllEnvs();
    await using other = await startLocalCloud({ memory: true });
    const directory = await createDirectory(cloud, 'In memory');
    await upload(cloud, directory, 'sky.txt', 'The sky is blue because of scattering.');
    const index = await builtIndex(cloud, (await createIndex(cloud, directory)).id);
    expect(index.metadata).toMatchObject({ status: 'ready' });
    const found = await send(cloud, 'POST /api/v1/retrieval/retrieve', {
      index_id: index.id,
      query: 'blue sky',
    });
    expect(found.body).toMatchObject({
      results: [{ content: expect.stringContaining('sky') as unknown }],
    });
    expect((await send(other, 'GET /api/v1/beta/directories')).body).toMatchObject({ items: [] });

    const files = readdirSync(parent, { recursive: true, withFileTypes: true });
    const names = files.filter((file) => file.isFile()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['holder', 'lock.db']));
    expect(names.filter((name) => /^(cloud|search)/.test(name))).toEqual([]);
    await cloud.close();
    expect(readdirSync(parent)).toEqual([]);
    await rm(parent, { recursive: true });
  });

  it('refuses to keep in memory what it is given a folder for', async () => {
    const dataDir = join(tmpdir(), 'never-made');
    await expect(startLocalCloud({ memory: true, dataDir })).rejects.toThrow('not both');
  });
});
