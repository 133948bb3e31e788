import { z } from 'zod';
import {
  createDirectoryFileBody,
  deleteDirectoryFilesBody,
  getDirectoryFileQuery,
  listDirectoryFilesQuery,
  movedDirectoryFileBody,
  uploadFields,
} from '../schemas/directoryFiles.ts';
import { fileMetadata } from '../schemas/fileMetadata.ts';
import type { Operations } from './operation.ts';
import { page } from './page.ts';
import { presignedUrl } from './presignedUrl.ts';

/** A directory's file as it goes over the wire. */
export const directoryFile = z
  .object({
    id: z.string(),
    project_id: z.string(),
    directory_id: z.string(),
    unique_id: z.string().min(1),
    display_name: z.string().min(1),
    file_id: z.string().nullish(),
    metadata: fileMetadata.optional(),
    created_at: z.string().nullish(),
    updated_at: z.string().nullish(),
    deleted_at: z.string().nullish(),
    download_url: presignedUrl.nullish(),
  })
  .meta({ id: 'DirectoryFile' });

const collection = '/api/v1/beta/directories/{directory_id}/files';
const member = `${collection}/{directory_file_id}` as const;

/** Operations on the files of directories. */
export const directoryFiles = {
  createDirectoryFile: {
    route: `POST ${collection}`,
    summary: 'Add a stored file to a directory',
    body: createDirectoryFileBody,
    status: 201,
    answer: directoryFile,
  },
  uploadDirectoryFile: {
    route: `POST ${collection}/upload`,
    summary: 'Upload a file to a directory',
    body: uploadFields.extend({ upload_file: z.file() }),
    bodyType: 'multipart/form-data',
    status: 201,
    answer: directoryFile,
  },
  listDirectoryFiles: {
    route: `GET ${collection}`,
    summary: 'List the files of a directory',
    query: listDirectoryFilesQuery,
    status: 200,
    answer: page(directoryFile),
  },
  getDirectoryFile: {
    route: `GET ${member}`,
    summary: 'Get a file of a directory',
    query: getDirectoryFileQuery,
    status: 200,
    answer: directoryFile,
  },
  updateDirectoryFile: {
    route: `PATCH ${member}`,
    summary: 'Change or move a file of a directory',
    body: movedDirectoryFileBody,
    status: 200,
    answer: directoryFile,
  },
  deleteDirectoryFile: {
    route: `DELETE ${member}`,
    summary: 'Remove a file from a directory',
    status: 204,
  },
  deleteDirectoryFiles: {
    route: `POST ${collection}/bulk-delete`,
    summary: 'Remove up to 100 files from a directory',
    body: deleteDirectoryFilesBody,
    status: 204,
  },
} satisfies Operations;
