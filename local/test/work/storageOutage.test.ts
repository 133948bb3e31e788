import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storageOutage } from '../../src/work/storageOutage.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { openDatabase } from '../../src/store/openDatabase.ts';
import { createDirectory, form, send, upload } from '../support/cloud.ts';
import { startCloudProcess } from '../support/cloudProcess.ts';

const directories = '/api/v1/beta/directories';

describe('a storage that fails', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'outage-test-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is a 503 with the reason while another process locks the database', async () => {
    await using cloud = await startLocalCloud({ dataDir: folder });
    const other = new DatabaseSync(join(folder, 'cloud.db'));
    other.exec('BEGIN IMMEDIATE');
    const { status, headers, body } = await send(cloud, `POST ${directories}`, { name: 'x' });
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('1');
    expect(body).toEqual({
      detail:
        'This cannot be done now: the database is locked by another process. Send the request again later',
    });
    other.close();
    expect((await send(cloud, `POST ${directories}`, { name: 'x' })).status).toBe(201);
  });

  it('is a 503 when a file cannot grow, and the server goes on', async () => {
    await using cloud = await startCloudProcess(folder, 4_000);
    const directory = await createDirectory(cloud, 'Small');
    const path = `${directories}/${directory.id}/files/upload`;
    const content = 'x'.repeat(8_000_000);
    const answer = await send(cloud, `POST ${path}`, form('large.txt', content));
    expect(answer).toMatchObject({
      status: 503,
      body: { detail: expect.stringContaining('takes no file that large') as unknown },
    });
    await upload(cloud, directory, 'small.txt', 'There is room for this one.');

    let status = 200;
    for (let index = 0; status === 200 && index < 20; index += 1) {
      const record = { deployment_name: 'd', collection: 'c', data: { text: 'x'.repeat(500_000) } };
      ({ status } = await send(cloud, 'POST /api/v1/beta/agent-data', record));
    }
    expect(status).toBe(503);
    expect((await send(cloud, `GET ${directories}`)).status).toBe(200);
    expect(await cloud.end('SIGTERM')).toBe(0);
  });

  it('leaves nothing half done when the disk is full', () => {
    const database = openDatabase(join(folder, 'full.db'), 'CREATE TABLE t (content TEXT)');
    database.db.exec('PRAGMA max_page_count = 20');
    const fill = () =>
      database.transaction(() => {
        for (let row = 0; row < 1_000; row += 1) {
          database.db.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(1_000));
        }
      });
    expect(fill).toThrow(
      expect.toSatisfy((error: Error) => storageOutage(error) === 'the disk is full'),
    );
    expect(database.sql.get`SELECT count(*) AS rows FROM t`).toEqual({ rows: 0 });
    database.db.close();
  });

  it('is told from a fault of the program', () => {
    expect(storageOutage(new TypeError('Not a function'))).toBeUndefined();
    expect(storageOutage(Object.assign(new Error(), { code: 'ENOSPC' }))).toBe('the disk is full');
    expect(storageOutage(Object.assign(new Error(), { code: 'ENOENT' }))).toBeUndefined();
  });
});
