import {
  createDirectory,
  deleteDirectory,
  getDirectory,
  listDirectories,
  updateDirectory,
} from '../../src/sources/directories.ts';
import { describeOperations, encodedId, id } from '../support/operation.ts';

const directory = { id: 'dir-1', project_id: 'prj-1', name: 'Reports' };
const query = { organization_id: 'org-1' };

describeOperations([
  {
    name: 'createDirectory',
    call: (connection) =>
      createDirectory(connection, { name: 'Reports', description: null }, query),
    sends: 'POST /api/v1/beta/directories?organization_id=org-1',
    body: { name: 'Reports', description: null },
    status: 201,
    answer: directory,
    emits: [directory],
  },
  {
    name: 'listDirectories',
    call: (connection) =>
      listDirectories(connection, {
        ...query,
        name: 'Q3 & Q4',
        type: 'user',
        include_deleted: true,
        page_size: 10,
        page_token: 'here',
      }),
    sends:
      'GET /api/v1/beta/directories?organization_id=org-1&name=Q3+%26+Q4&type=user' +
      '&include_deleted=true&page_size=10&page_token=here',
    answer: { items: [directory, { ...directory, id: 'dir-2' }], next_page_token: null },
    emits: [directory, { ...directory, id: 'dir-2' }],
  },
  {
    name: 'getDirectory',
    call: (connection) => getDirectory(connection, id, query),
    sends: `GET /api/v1/beta/directories/${encodedId}?organization_id=org-1`,
    answer: directory,
    emits: [directory],
  },
  {
    name: 'updateDirectory',
    call: (connection) => updateDirectory(connection, id, { description: 'All of them' }, query),
    sends: `PATCH /api/v1/beta/directories/${encodedId}?organization_id=org-1`,
    body: { description: 'All of them' },
    answer: directory,
    emits: [directory],
  },
  {
    name: 'deleteDirectory',
    call: (connection) => deleteDirectory(connection, id, query),
    sends: `DELETE /api/v1/beta/directories/${encodedId}?organization_id=org-1`,
    status: 204,
    emits: [undefined],
  },
]);
