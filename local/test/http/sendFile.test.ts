import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DirectoryFile } from '../../../src/types/directoryFiles.ts';
import { type LocalCloud, startLocalCloud } from '../../src/startLocalCloud.ts';
import { createDirectory, send, upload } from '../support/cloud.ts';

const content = '0123456789';
let cloud: LocalCloud;
let link: string;

beforeAll(async () => {
  cloud = await startLocalCloud();
  const directory = await createDirectory(cloud, 'parts');
  const { id } = await upload(cloud, directory, 'digits.txt', content);
  const route = `GET /api/v1/beta/directories/${directory.id}/files/${id}?expand=download_url`;
  const { download_url } = (await send(cloud, route)).body as DirectoryFile;
  link = download_url?.url ?? '';
});

afterAll(() => cloud.close());

async function fetchPart(headers: Record<string, string>): Promise<readonly [number, string]> {
  const response = await fetch(link, { headers });
  return [response.status, await response.text()];
}

describe('a stored file', () => {
  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=4-4', '4', 'bytes 4-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', content, 'bytes 0-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
  ])('is answered in the part that %s names', async (range, part, place) => {
    const response = await fetch(link, { headers: { range } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(place);
    expect(response.headers.get('content-length')).toBe(String(part.length));
    expect(await response.text()).toBe(part);
  });

  it.each([undefined, 'bytes=0-1,3-4', 'bytes=4-2', 'bytes=-', 'items=0-1', 'bytes=x-2'])(
    'is answered whole where the range is %s',
    async (range) => {
      const response = await fetch(link, range === undefined ? {} : { headers: { range } });
      expect(response.status).toBe(200);
      expect(response.headers.get('accept-ranges')).toBe('bytes');
      expect(response.headers.get('content-range')).toBeNull();
      expect(await response.text()).toBe(content);
    },
  );

  it.each(['bytes=10-', 'bytes=99-100', 'bytes=-0'])('has no part %s', async (range) => {
    const response = await fetch(link, { headers: { range } });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */10');
    expect(await response.json()).toEqual({
      detail: 'The file has 10 bytes, none of them in the range that was asked for',
    });
  });

  it('is answered whole when it is not what the client has a part of', async () => {
    const etag = (await fetch(link)).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"\w+"$/);
    expect(await fetchPart({ range: 'bytes=0-1', 'if-range': etag })).toEqual([206, '01']);
    expect(await fetchPart({ range: 'bytes=0-1', 'if-range': '"old"' })).toEqual([200, content]);
  });
});
