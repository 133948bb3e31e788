import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { lastValueFrom, repeat, take } from 'rxjs';
import { startLocalCloud } from 'rx-llamacloud-local';
import { describe, expect } from 'vitest';
import { startCloudProcess } from '../../local/test/support/cloudProcess.ts';
import { close } from '../../src/http/close.ts';
import { connect } from '../../src/http/connection.ts';
import { createAgentData } from '../../src/sources/agentData.ts';
import { createDirectory, listDirectories } from '../../src/sources/directories.ts';
import { getDirectoryFile, uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { downloadPresignedUrl } from '../../src/sources/presignedUrls.ts';
import { fault } from './support/fault.ts';
import { workFolder } from './support/workFolder.ts';

describe('Everywhere', () => {
  fault(
    76,
    'the embedded cloud’s database is locked, its disk is full, another cloud uses its folder, or a stored file was removed',
    {
      behaviour:
        'Locked or full: an `HttpError` 503 with the reason and `retryAfterMs`; reads go on. A second cloud does not start, and its error names the folder and who has it. A file that is gone is a 404.',
    },
    async (run) => {
      await using folder = await workFolder();
      await using small = await workFolder();
      const full = startCloudProcess(small.path, 4_000);

      const cloud = await run.cloud({ dataDir: folder.path });
      // A 503 with `retry-after` also slows down what follows, which is not the point here.
      const connection = run.connect(cloud, { adaptiveRate: false });
      const [directory] = await run.valuesOf(createDirectory(connection, { name: 'first' }));
      const id = directory?.id ?? '';
      await expect(startLocalCloud({ dataDir: folder.path })).rejects.toThrow(
        `The folder ${folder.path} is in use by another cloud (process ${process.pid}`,
      );

      const other = new DatabaseSync(join(folder.path, 'cloud.db'));
      other.exec('BEGIN IMMEDIATE');
      const locked = await run.errorOf(createDirectory(connection, { name: 'second' }));
      expect(locked).toMatchObject({ status: 503, retryable: true, retryAfterMs: 1_000 });
      expect(locked.message).toContain('locked by another process');
      expect(await run.valuesOf(listDirectories(connection))).toHaveLength(1);
      other.close();
      expect(await run.valuesOf(createDirectory(connection, { name: 'second' }))).toHaveLength(1);

      const [stored] = (
        await run.valuesOf(
          uploadDirectoryFile(connection, id, {
            upload_file: Buffer.from('soon gone'),
            display_name: 'gone.md',
          }),
        )
      ).flatMap((event) => (event.type === 'uploaded' ? [event.file] : []));
      const [file] = await run.valuesOf(
        getDirectoryFile(connection, id, stored?.id ?? '', { expand: ['download_url'] }),
      );
      const files = join(folder.path, 'files');
      for (const entry of readdirSync(files, { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) {
          rmSync(join(entry.parentPath, entry.name));
        }
      }
      const link = file?.download_url ?? { url: '', expires_at: '' };
      const gone = await run.errorOf(downloadPresignedUrl(connection, link));
      expect(gone).toMatchObject({ name: 'HttpError', status: 404, attempts: 1 });

      // A process of its own, which may not write files larger than two megabytes.
      await using limited = await full;
      const narrow = connect({
        baseUrl: limited.url,
        token: limited.token,
        adaptiveRate: false,
        retry: { attempts: 1, maxDelay: 10 },
      });
      const record = {
        deployment_name: 'd',
        collection: 'c',
        data: { text: 'x'.repeat(1_500_000) },
      };
      const filled = run.watch(createAgentData(narrow, record).pipe(repeat(20)));
      await run.ended(filled);
      expect(filled.error).toMatchObject({ status: 503, retryAfterMs: 1_000 });
      await lastValueFrom(listDirectories(narrow).pipe(take(1)), { defaultValue: undefined });
      await lastValueFrom(close(narrow));
    },
  );
});
