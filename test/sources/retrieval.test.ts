import { grepFile, readFile, retrieve, searchFiles } from '../../src/sources/retrieval.ts';
import type { RetrieveBody } from '../../src/types/retrieval.ts';
import { describeOperations } from '../support/operation.ts';

const query = { organization_id: 'org-1' };
const file = { index_id: 'idx-1', file_id: 'dfl-1' };
const question: RetrieveBody = {
  index_id: 'idx-1',
  query: 'What grew?',
  top_k: 10,
  static_filters: { parsed_directory_file_id: { operator: 'in', value: ['dfl-1', 'dfl-2'] } },
  custom_filters: {
    draft: { operator: 'eq', value: false },
    year: [
      { operator: 'gte', value: 2024 },
      { operator: 'lt', value: 2026 },
    ],
    author: null,
  },
  rerank: { enabled: true, top_n: 5 },
};
const results = [{ content: 'Sales grew.', score: 0.8, metadata: { year: 2025 } }];
const files = [{ file_id: 'dfl-1', file_name: 'q3.pdf' }];
const matches = [{ start_char: 6, end_char: 10, content: 'grew' }];

describeOperations([
  {
    name: 'retrieve',
    call: (connection) => retrieve(connection, question, query),
    sends: 'POST /api/v1/retrieval/retrieve?organization_id=org-1',
    body: question,
    answer: { results },
    emits: [{ results }],
  },
  {
    name: 'searchFiles',
    call: (connection) =>
      searchFiles(connection, { index_id: 'idx-1', file_name_contains: 'q3', limit: 5 }, query),
    sends: 'POST /api/v1/retrieval/files/search?organization_id=org-1',
    body: { index_id: 'idx-1', file_name_contains: 'q3', limit: 5 },
    answer: { files },
    emits: [{ files }],
  },
  {
    name: 'grepFile',
    call: (connection) =>
      grepFile(connection, { ...file, pattern: 'gr[eo]w', context_chars: 0 }, query),
    sends: 'POST /api/v1/retrieval/files/grep?organization_id=org-1',
    body: { ...file, pattern: 'gr[eo]w', context_chars: 0 },
    answer: { matches },
    emits: [{ matches }],
  },
  {
    name: 'readFile',
    call: (connection) => readFile(connection, { ...file, offset: 6, max_length: 4 }, query),
    sends: 'POST /api/v1/retrieval/files/read?organization_id=org-1',
    body: { ...file, offset: 6, max_length: 4 },
    answer: { content: 'grew' },
    emits: [{ content: 'grew' }],
  },
]);
