import { Hono } from 'hono';
import type { DirectoryFile, FileMetadata } from '../../../src/types/directoryFiles.ts';
import type { CloudContext } from '../cloudContext.ts';
import { ApiProblem, notFound } from '../http/apiProblem.ts';
import type { CloudEnv } from '../http/cloudEnv.ts';
import { pageAt, toPage } from '../http/page.ts';
import { parseJson } from '../http/parseJson.ts';
import { receiveUpload } from '../http/receiveUpload.ts';
import { check, readBody, readQuery } from '../http/validate.ts';
import {
  createDirectoryFileBody,
  deleteDirectoryFilesBody,
  getDirectoryFileQuery,
  listDirectoryFilesQuery,
  movedDirectoryFileBody,
  uploadFields,
} from '../schemas/directoryFiles.ts';
import { fileMetadataField } from '../schemas/fileMetadata.ts';
import { scopeQuery } from '../schemas/query.ts';
import { findDirectory } from '../store/directories.ts';
import {
  deleteDirectoryFiles,
  findByUniqueId,
  findDirectoryFile,
  insertDirectoryFile,
  selectDirectoryFiles,
  toDirectoryFile,
  updateDirectoryFile,
} from '../store/directoryFiles.ts';
import { findFile, insertFile } from '../store/files.ts';
import { number } from '../store/row.ts';

const collection = '/api/v1/beta/directories/:directory_id/files';
const member = `${collection}/:directory_file_id` as const;

/** Routes of the files in a directory: add, upload, list, get, update, delete, delete many. */
export function directoryFiles(context: CloudContext): Hono<CloudEnv> {
  const { database, blobs, presignedUrls, largestUpload } = context;

  const requireDirectory = (id: string, project: string | undefined) => {
    const directory = findDirectory(database, id, project ?? null);
    if (directory === undefined) {
      throw notFound('Directory', id);
    }
    return directory;
  };

  const find = (directoryId: string, id: string, project: string | undefined): DirectoryFile => {
    const file = findDirectoryFile(database, requireDirectory(directoryId, project).id, id);
    if (file === undefined) {
      throw notFound('Directory file', id);
    }
    return file;
  };

  // A second file is refused, not put in the first one's place: an upload never loses a file.
  const requireFreeUniqueId = (directoryId: string, uniqueId: string, own?: string): void => {
    const taken = findByUniqueId(database, directoryId, uniqueId);
    if (taken !== undefined && taken.id !== own) {
      throw new ApiProblem(
        409,
        `Directory ${directoryId} holds "${uniqueId}" already, as ${taken.id}; ` +
          'delete that file first or choose another unique_id',
      );
    }
  };

  const expanded = (file: DirectoryFile, origin: string, expand: readonly string[] = []) =>
    expand.includes('download_url') && typeof file.file_id === 'string'
      ? { ...file, download_url: presignedUrls.create(origin, file.file_id) }
      : file;

  const app = new Hono<CloudEnv>();

  app.post(`${collection}/upload`, async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const directory = requireDirectory(c.req.param('directory_id'), project_id);
    const upload = await receiveUpload(c.env.incoming, blobs, largestUpload);
    const fields = check('body', upload.fields, uploadFields);
    const metadata = metadataIn(fields.metadata);
    const external_file_id = fields.external_file_id ?? null;
    const unique_id = fields.unique_id ?? external_file_id ?? upload.name;
    requireFreeUniqueId(directory.id, unique_id);
    const created = database.transaction(() =>
      insertDirectoryFile(
        database,
        insertFile(database, {
          ...upload.blob,
          project_id: directory.project_id,
          name: upload.name,
          external_file_id,
        }),
        {
          directory_id: directory.id,
          unique_id,
          display_name: fields.display_name ?? upload.name,
          metadata,
        },
      ),
    );
    return c.json(created, 201);
  });

  app.post(`${collection}/bulk-delete`, async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const { directory_file_ids } = await readBody(c, deleteDirectoryFilesBody);
    const directory = requireDirectory(c.req.param('directory_id'), project_id);
    // Ids that are not there are passed over, so that the request can be sent again.
    deleteDirectoryFiles(database, directory.id, directory_file_ids);
    return c.body(null, 204);
  });

  app.post(collection, async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const body = await readBody(c, createDirectoryFileBody);
    const directory = requireDirectory(c.req.param('directory_id'), project_id);
    const file = findFile(database, body.file_id, directory.project_id);
    if (file === undefined) {
      throw notFound('File', body.file_id);
    }
    const unique_id = body.unique_id ?? file.external_file_id ?? file.name;
    requireFreeUniqueId(directory.id, unique_id);
    const created = insertDirectoryFile(database, file, {
      directory_id: directory.id,
      unique_id,
      display_name: body.display_name ?? file.name,
      metadata: body.metadata ?? {},
    });
    return c.json(created, 201);
  });

  app.get(collection, (c) => {
    const query = readQuery(c, listDirectoryFilesQuery);
    const directory = requireDirectory(c.req.param('directory_id'), query.project_id);
    const list = `files:${directory.id}`;
    const start = pageAt(list, query);
    const rows = selectDirectoryFiles(database, directory.id, start, {
      display_name: query.display_name ?? null,
      display_name_contains: query.display_name_contains ?? null,
      unique_id: query.unique_id ?? null,
      file_id: query.file_id ?? null,
      updated_at_on_or_after: query.updated_at_on_or_after ?? null,
      updated_at_on_or_before: query.updated_at_on_or_before ?? null,
      deleted: query.include_deleted ?? false,
    });
    const { origin } = new URL(c.req.url);
    return c.json(
      toPage(
        list,
        start,
        rows,
        (row) => number(row, 'seq'),
        (row) => expanded(toDirectoryFile(row), origin, query.expand),
      ),
    );
  });

  app.get(member, (c) => {
    const { project_id, expand } = readQuery(c, getDirectoryFileQuery);
    const { directory_id, directory_file_id } = c.req.param();
    const file = find(directory_id, directory_file_id, project_id);
    return c.json(expanded(file, new URL(c.req.url).origin, expand));
  });

  app.patch(member, async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const body = await readBody(c, movedDirectoryFileBody);
    const { directory_id, directory_file_id } = c.req.param();
    const file = find(directory_id, directory_file_id, project_id);
    const target = body.target_directory_id ?? body.directory_id ?? file.directory_id;
    const entry = {
      directory_id: requireDirectory(target, file.project_id).id,
      unique_id: body.unique_id ?? file.unique_id,
      display_name: body.display_name ?? file.display_name,
      metadata: body.metadata ?? file.metadata ?? {},
    };
    requireFreeUniqueId(entry.directory_id, entry.unique_id, file.id);
    return c.json(updateDirectoryFile(database, file, entry));
  });

  app.delete(member, (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const { directory_id, directory_file_id } = c.req.param();
    const file = find(directory_id, directory_file_id, project_id);
    deleteDirectoryFiles(database, file.directory_id, [file.id]);
    return c.body(null, 204);
  });

  return app;
}

/** The metadata of an upload, which is a JSON object written as text. */
function metadataIn(text: string | undefined): FileMetadata {
  if (text === undefined || text === '') {
    return {};
  }
  const value = parseJson(text, ['body', 'metadata']);
  return check('body', { metadata: value }, fileMetadataField).metadata;
}
