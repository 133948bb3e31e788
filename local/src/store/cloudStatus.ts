import type { Database } from './openDatabase.ts';
import type { Row } from './row.ts';
import { number, text } from './row.ts';

/** How much there is of one resource. */
export interface ResourceCount {
  readonly name: string;
  readonly count: number;
}

/** Work that has not come to its end. */
export interface OpenWork {
  readonly kind: string;
  readonly id: string;
  readonly status: string;
  /** Files that are done, of all there are; `total` is 0 where they are not counted. */
  readonly done: number;
  readonly total: number;
  /** When it was asked for, ISO 8601. */
  readonly since: string;
}

/** Most pieces of work that are told of. */
const mostWork = 50;

/** How much there is of each resource. What was deleted does not count. */
export function countResources({ sql }: Database): readonly ResourceCount[] {
  const rows = sql.all`
    SELECT 'Directories' AS name, count(*) AS count FROM directories WHERE deleted_at IS NULL
    UNION ALL SELECT 'Files', count(*) FROM directory_files WHERE deleted_at IS NULL
    UNION ALL SELECT 'Indexes', count(*) FROM indexes WHERE deleted_at IS NULL
    UNION ALL SELECT 'Chats', count(*) FROM chat_sessions
    UNION ALL SELECT 'Batch jobs', count(*) FROM batch_jobs
    UNION ALL SELECT 'Sheets jobs', count(*) FROM sheets_jobs
    UNION ALL SELECT 'Split jobs', count(*) FROM split_jobs
    UNION ALL SELECT 'Agent data', count(*) FROM agent_data`;
  return rows.map((row: Row) => ({ name: text(row, 'name'), count: number(row, 'count') }));
}

/** The jobs, builds and chat turns that wait or run, the oldest first, fifty at most. */
export function selectOpenWork({ sql }: Database): readonly OpenWork[] {
  const rows = sql.all`
    SELECT 'Batch job' AS kind, id, status, created_at AS since, total_items AS total,
           processed_items + failed_items + skipped_items AS done
    FROM batch_jobs WHERE status IN ('pending', 'running')
    UNION ALL
    SELECT 'Index build', id, metadata ->> 'status', updated_at,
           coalesce(metadata ->> 'total_files', 0), coalesce(metadata ->> 'indexed_files', 0)
    FROM indexes WHERE requested > built AND deleted_at IS NULL
    UNION ALL
    SELECT 'Sheets job', id, lower(status), created_at, 0, 0
    FROM sheets_jobs WHERE status = 'PENDING'
    UNION ALL
    SELECT 'Split job', id, status, created_at, 0, 0
    FROM split_jobs WHERE status IN ('pending', 'processing')
    UNION ALL
    SELECT 'Chat turn', id, 'running', last_updated_at || 'Z', 0, 0
    FROM chat_sessions WHERE running IS NOT NULL
    ORDER BY since LIMIT ${mostWork}`;
  return rows.map((row: Row) => ({
    kind: text(row, 'kind'),
    id: text(row, 'id'),
    status: text(row, 'status'),
    done: number(row, 'done'),
    total: number(row, 'total'),
    since: text(row, 'since'),
  }));
}
