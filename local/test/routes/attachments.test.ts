import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Directory } from '../../../src/types/directories.ts';
import type { DirectoryFile } from '../../../src/types/directoryFiles.ts';
import type { PresignedUrl } from '../../../src/types/presignedUrl.ts';
import type { RetrieveAnswer } from '../../../src/types/retrieval.ts';
import type { TokenPage } from '../../src/http/page.ts';
import { type LocalCloud, startLocalCloud } from '../../src/startLocalCloud.ts';
import { builtIndex, createDirectory, createIndex, send, upload } from '../support/cloud.ts';
import { pdf } from '../support/documents.ts';

const collection = '/api/v1/beta/attachments';

interface Attachment {
  readonly name: string;
  readonly size: number;
  readonly last_modified: string;
}

describe('the screenshots of a document', () => {
  let cloud: LocalCloud;
  let directory: Directory;
  let report: DirectoryFile;
  beforeAll(async () => {
    cloud = await startLocalCloud();
    directory = await createDirectory(cloud, 'Attachments');
    // Long enough that no passage goes over a page's end; what repeats at the top would be a header.
    const some = Array<string>(18).fill('Some more of the text.').join('\n');
    const pages = Array.from(
      { length: 23 },
      (_, at) => `${some}\nThis is about subject${at + 1}.\n${some}`,
    );
    report = await upload(cloud, directory, 'report.pdf', Uint8Array.from(pdf(pages)));
  });
  afterAll(() => cloud.close());

  const list = async (sourceId: string, query = '') => {
    const answer = await send(cloud, `GET ${collection}?source_id=${sourceId}${query}`);
    expect(answer.status).toBe(200);
    return answer.body as TokenPage<Attachment>;
  };
  const get = (name: string, sourceId: string | null | undefined) =>
    send(cloud, `GET ${collection}/${encodeURIComponent(name)}?source_id=${String(sourceId)}`);
  const download = async (body: unknown) => {
    const response = await fetch((body as PresignedUrl).url);
    expect(response.headers.get('content-type')).toBe('image/png');
    return Buffer.from(await response.arrayBuffer());
  };

  it('are what a passage that was found points to, and can be fetched without the key', async () => {
    const { id } = await createIndex(cloud, directory);
    await builtIndex(cloud, id);
    const { results } = (
      await send(cloud, 'POST /api/v1/retrieval/retrieve', {
        index_id: id,
        query: 'subject7',
        top_k: 1,
      })
    ).body as RetrieveAnswer;
    const fields = results[0]?.static_fields;
    expect(fields?.page_range_start).toBe(7);
    const [attachment] = fields?.attachments ?? [];
    expect(attachment).toEqual({
      type: 'screenshot',
      attachment_name: 'screenshots/page_7.png',
      source_id: report.id,
    });

    const { attachment_name: name = '', source_id } = attachment ?? {};
    const answer = await get(name, source_id);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ expires_at: expect.any(String) as unknown });
    const picture = await download(answer.body);
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    // US letter, 8.5 by 11 inches of 100 dots each.
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([850, 1_100]);

    // Not every client encodes the slash.
    const plain = await fetch(
      `${cloud.url}${collection}/${name}?source_id=${report.file_id ?? ''}`,
      {
        headers: { authorization: `Bearer ${cloud.token}` },
      },
    );
    expect(await download(await plain.json())).toEqual(picture);
    const other = await get('screenshots/page_8.png', report.id);
    expect(await download(other.body)).not.toEqual(picture);
  });

  it('are listed page by page with their sizes, by the id of either file', async () => {
    const first = await list(report.id);
    const second = await list(report.id, `&page_token=${String(first.next_page_token)}`);

    expect(second.next_page_token).toBeNull();
    const all = [...first.items, ...second.items];
    expect(all.map(({ name }) => name)).toEqual(
      Array.from({ length: 23 }, (_, at) => `screenshots/page_${at + 1}.png`),
    );
    const [one] = (await list(report.file_id ?? '', '&page_size=1')).items;
    expect(one).toEqual(first.items[0]);
    const picture = await download((await get('screenshots/page_1.png', report.id)).body);
    expect(picture).toHaveLength(one?.size ?? 0);
  });

  it('are none of a document without pages, and of one that cannot be read', async () => {
    for (const [name, content] of [
      ['note.txt', 'Text.'],
      ['bad.pdf', '%PDF-1.7 and then nothing'],
    ] as const) {
      const { id } = await upload(cloud, directory, name, content);
      expect(await list(id)).toMatchObject({ items: [], next_page_token: null });
      expect((await get('screenshots/page_1.png', id)).status).toBe(404);
    }
  });

  it.each(['screenshots/page_0.png', 'screenshots/page_24.png', 'screenshots/page_7.jpg', '../x'])(
    'are not found under the name %s',
    async (name) => {
      const answer = await get(name, report.id);
      expect(answer).toMatchObject({
        status: 404,
        body: { detail: `Of file ${report.id}, attachment ${name} not found` },
      });
    },
  );

  it('need a file that is there, and in the project', async () => {
    expect((await send(cloud, `GET ${collection}`)).status).toBe(422);
    const missing = await send(cloud, `GET ${collection}?source_id=dfl-none`);
    expect(missing).toMatchObject({ status: 404, body: { detail: 'File dfl-none not found' } });
    const foreign = `GET ${collection}?source_id=${report.id}&project_id=other`;
    expect((await send(cloud, foreign)).status).toBe(404);
  });
});
