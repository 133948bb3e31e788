import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { HttpError } from '../../src/errors.ts';
import { connect } from '../../src/http/connection.ts';
import {
  createDirectoryFile,
  deleteDirectoryFile,
  deleteDirectoryFiles,
  getDirectoryFile,
  listDirectoryFiles,
  updateDirectoryFile,
} from '../../src/sources/directoryFiles.ts';
import { describeOperations, encodedId, id } from '../support/operation.ts';
import { json, startServer } from '../support/server.ts';

const file = { id: 'dfl-1', directory_id: 'dir-1', unique_id: 'q3', display_name: 'q3.pdf' };
const metadata = { year: 2025, draft: false, tags: ['a', 'b'], note: null };
const query = { organization_id: 'org-1' };
const files = `/api/v1/beta/directories/${encodedId}/files`;

describeOperations([
  {
    name: 'createDirectoryFile',
    call: (connection) =>
      createDirectoryFile(connection, id, { file_id: 'fil-1', unique_id: 'q3', metadata }, query),
    sends: `POST ${files}?organization_id=org-1`,
    body: { file_id: 'fil-1', unique_id: 'q3', metadata },
    status: 201,
    answer: file,
    emits: [file],
  },
  {
    name: 'listDirectoryFiles',
    call: (connection) =>
      listDirectoryFiles(connection, id, {
        ...query,
        expand: ['download_url'],
        display_name: 'q3.pdf',
        display_name_contains: 'q3',
        unique_id: 'q3',
        file_id: 'fil-1',
        include_deleted: false,
        page_size: 10,
        updated_at_on_or_after: '2026-05-01',
        updated_at_on_or_before: null,
      }),
    sends:
      `GET ${files}?organization_id=org-1&expand=download_url&display_name=q3.pdf` +
      '&display_name_contains=q3&unique_id=q3&file_id=fil-1&include_deleted=false&page_size=10' +
      '&updated_at_on_or_after=2026-05-01',
    answer: { items: [file] },
    emits: [file],
  },
  {
    name: 'getDirectoryFile',
    call: (connection) =>
      getDirectoryFile(connection, id, 'dfl:1', { ...query, expand: ['download_url', 'more'] }),
    sends: `GET ${files}/dfl%3A1?organization_id=org-1&expand=download_url&expand=more`,
    answer: file,
    emits: [file],
  },
  {
    name: 'updateDirectoryFile',
    call: (connection) =>
      updateDirectoryFile(connection, id, 'dfl:1', { directory_id: 'dir-2', metadata }, query),
    sends: `PATCH ${files}/dfl%3A1?organization_id=org-1`,
    body: { directory_id: 'dir-2', metadata },
    answer: file,
    emits: [file],
  },
  {
    name: 'deleteDirectoryFile',
    call: (connection) => deleteDirectoryFile(connection, id, 'dfl:1', query),
    sends: `DELETE ${files}/dfl%3A1?organization_id=org-1`,
    status: 204,
    emits: [undefined],
  },
  {
    name: 'deleteDirectoryFiles',
    call: (connection) =>
      deleteDirectoryFiles(connection, id, { directory_file_ids: ['dfl-1', 'dfl-2'] }, query),
    sends: `POST ${files}/bulk-delete?organization_id=org-1`,
    body: { directory_file_ids: ['dfl-1', 'dfl-2'] },
    status: 204,
    emits: [undefined],
  },
]);

describe('createDirectoryFile', () => {
  it('adopts the file that a failed request has added after all', async () => {
    await using server = await startServer(({ method }, response) => {
      if (method === 'POST') {
        json(response, { detail: 'lost on the way back' }, 503);
      } else {
        json(response, { items: [{ ...file, unique_id: 'q3-old' }, file] });
      }
    });
    const connection = connect({ token: 't', baseUrl: server.url, retry: { maxDelay: 1 } });
    const body = { file_id: 'fil-1', unique_id: 'q3' };
    expect(await lastValueFrom(createDirectoryFile(connection, id, body, query))).toEqual(file);
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `POST ${files}?organization_id=org-1`,
      `GET ${files}?organization_id=org-1&unique_id=q3`,
    ]);
  });

  it('does not take another content that was there before for its own', async () => {
    await using server = await startServer(({ method }, response) => {
      if (method === 'GET') {
        json(response, { items: [{ ...file, file_id: 'fil-0' }] });
      } else if (server.requests.length === 1) {
        json(response, {}, 503);
      } else {
        json(response, { detail: 'q3 is taken' }, 409);
      }
    });
    const connection = connect({ token: 't', baseUrl: server.url, retry: { maxDelay: 1 } });
    const body = { file_id: 'fil-1', unique_id: 'q3' };
    const added = lastValueFrom(createDirectoryFile(connection, id, body));
    await expect(added).rejects.toMatchObject({ status: 409 });
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST', 'GET']);
  });

  it('adds the file again when the failed request has not', async () => {
    await using server = await startServer(({ method }, response) => {
      if (method === 'GET') {
        json(response, { items: [] });
      } else if (server.requests.length === 1) {
        json(response, { detail: 'not now' }, 503);
      } else {
        json(response, file, 201);
      }
    });
    const connection = connect({ token: 't', baseUrl: server.url, retry: { maxDelay: 1 } });
    const body = { file_id: 'fil-1', unique_id: 'q3' };
    expect(await lastValueFrom(createDirectoryFile(connection, id, body))).toEqual(file);
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST']);
  });

  it('passes the failure on when there is no unique_id to look for', async () => {
    await using server = await startServer((_, response) => {
      json(response, { detail: 'not now' }, 503);
    });
    const connection = connect({ token: 't', baseUrl: server.url, retry: { maxDelay: 1 } });
    const added = lastValueFrom(createDirectoryFile(connection, id, { file_id: 'fil-1' }));
    await expect(added).rejects.toBeInstanceOf(HttpError);
    expect(server.requests).toHaveLength(1);
  });
});

describe('updateDirectoryFile', () => {
  it('finds the file where it was to go when the answer to a move is lost', async () => {
    await using server = await startServer(({ url }, response, raw) => {
      if (server.requests.length === 1) {
        raw.socket.destroy();
      } else if (url.startsWith(`${files}/`)) {
        json(response, { detail: 'not here any more' }, 404);
      } else {
        json(response, file);
      }
    });
    const connection = connect({ token: 't', baseUrl: server.url, retry: { maxDelay: 1 } });
    const move = updateDirectoryFile(connection, id, 'dfl-1', { directory_id: 'dir-2' });
    expect(await lastValueFrom(move)).toEqual(file);
    expect(server.requests.map(({ url }) => url)).toEqual([
      `${files}/dfl-1`,
      `${files}/dfl-1`,
      '/api/v1/beta/directories/dir-2/files/dfl-1',
    ]);
  });

  it('errors with the 404 of a file that was never there', async () => {
    await using server = await startServer((_, response) => json(response, {}, 404));
    const connection = connect({ token: 't', baseUrl: server.url });
    const move = updateDirectoryFile(connection, id, 'dfl-1', { directory_id: 'dir-2' });
    await expect(lastValueFrom(move)).rejects.toMatchObject({ status: 404, attempts: 1 });
    expect(server.requests).toHaveLength(1);
  });
});
