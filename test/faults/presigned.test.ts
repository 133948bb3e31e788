import { inspect } from 'node:util';
import { describe, expect } from 'vitest';
import { createDirectory } from '../../src/sources/directories.ts';
import { getDirectoryFile, uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { downloadPresignedUrl } from '../../src/sources/presignedUrls.ts';
import { fault } from './support/fault.ts';

const later = '2099-01-01T00:00:00Z';
const signature = 'SIGNATURE0123456789';

describe('Presigned URLs', () => {
  fault(
    72,
    'a link that leads to another host, a private address or a file, has expired, or takes a form',
    {
      behaviour:
        'Fetched without key or cookie, over https, redirects refused; else a `LinkError` of the kind `refused` or `expired` before anything is sent. Where links may lead is up to `connect({ presigned })`; what is in the query is in no error.',
    },
    async (run) => {
      const cloud = await run.cloud();
      const connection = run.connect(cloud);
      const [directory] = await run.valuesOf(createDirectory(connection, { name: 'links' }));
      const id = directory?.id ?? '';
      const [stored] = (
        await run.valuesOf(
          uploadDirectoryFile(connection, id, {
            upload_file: Buffer.from('# Links'),
            display_name: 'links.md',
          }),
        )
      ).flatMap((event) => (event.type === 'uploaded' ? [event.file] : []));
      const expand = { expand: ['download_url'] };
      const [file] = await run.valuesOf(getDirectoryFile(connection, id, stored?.id ?? '', expand));
      const link = file?.download_url ?? { url: '', expires_at: later };
      const bytes = await run.valuesOf(downloadPresignedUrl(connection, link));
      expect(Buffer.concat(bytes).toString()).toBe('# Links');
      expect(run.requests().at(-1)?.headers).not.toHaveProperty('authorization');

      // The service says that it is over; by the clock of this machine it is not.
      cloud.clock.advance(7 * 24 * 3_600_000);
      const late = await run.errorOf(downloadPresignedUrl(connection, link));
      expect(late).toMatchObject({ name: 'HttpError', status: 403, attempts: 1 });
      expect(late.message).toContain('Ask for a new one');

      const seen = run.requests().length;
      const refused = { name: 'LinkError', kind: 'refused', attempts: 0 };
      for (const url of [
        `file:///etc/passwd?${signature}`,
        `http://files.example/x?sig=${signature}`,
        `https://elsewhere.example/x?sig=${signature}`,
      ]) {
        const narrow = run.connect(cloud, { presigned: { hosts: ['files.example'] } });
        const error = await run.errorOf(downloadPresignedUrl(narrow, { url, expires_at: later }));
        expect(error).toMatchObject(refused);
        expect(inspect(error, { depth: 8 })).not.toContain(signature);
      }
      const form = { url: link.url, expires_at: later, form_fields: { key: 'x' } };
      expect(await run.errorOf(downloadPresignedUrl(connection, form))).toMatchObject(refused);
      const old = { url: link.url, expires_at: '2024-01-01T00:00:00Z' };
      expect(await run.errorOf(downloadPresignedUrl(connection, old))).toMatchObject({
        ...{ name: 'LinkError', kind: 'expired', attempts: 0 },
      });
      const wary = run.connect(cloud, { presigned: { publicOnly: true } });
      for (const host of ['169.254.169.254', '10.0.0.1', '[fd00::1]', '[::ffff:192.168.0.1]']) {
        const url = `https://${host}/x?sig=${signature}`;
        const error = await run.errorOf(downloadPresignedUrl(wary, { url, expires_at: later }));
        expect(error).toMatchObject({ name: 'LinkError', kind: 'refused' });
      }
      expect(run.requests()).toHaveLength(seen);

      const turning = await run.server((_, response) => {
        response.writeHead(302, { location: `https://elsewhere.example/?${signature}` }).end();
      });
      const turned = await run.errorOf(
        downloadPresignedUrl(connection, {
          url: `${turning.url}/x?sig=${signature}`,
          expires_at: later,
        }),
      );
      expect(turned).toMatchObject({ name: 'HttpError', status: 302, attempts: 1 });
      expect(inspect([turned, run.events], { depth: 8 })).not.toContain(signature);
    },
  );
});
