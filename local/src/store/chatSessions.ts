import { randomUUID } from 'node:crypto';
import type {
  ChatEvent,
  ChatRun,
  ChatSession,
  ChatSessionHistory,
  StopEvent,
} from '../../../src/types/chat.ts';
import type { PageStart } from '../http/page.ts';
import type { Database } from './openDatabase.ts';
import { type Row, text, textOrNull } from './row.ts';

/**
 * Chat sessions and what was said in them. `running` holds the export ids of the indexes of the
 * turn under way, and is NULL between turns.
 */
export const chatSessionsSchema = `
  CREATE TABLE IF NOT EXISTS chat_sessions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    title TEXT,
    index_ids TEXT,
    last_run TEXT,
    running TEXT,
    last_updated_at TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS chat_events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    session_seq INTEGER NOT NULL REFERENCES chat_sessions (seq) ON DELETE CASCADE,
    event TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS chat_events_in_order ON chat_events (session_seq, seq);
`;

/** A row as it goes over the wire. */
export function toChatSession(row: Row): ChatSession {
  const indexIds = textOrNull(row, 'index_ids');
  const lastRun = textOrNull(row, 'last_run');
  return {
    session_id: text(row, 'id'),
    generated_title: textOrNull(row, 'title'),
    last_updated_at: text(row, 'last_updated_at'),
    // Written below, from values of these types.
    job_metadata: lastRun === null ? null : (JSON.parse(lastRun) as ChatRun),
    index_ids: indexIds === null ? null : (JSON.parse(indexIds) as readonly string[]),
  };
}

/** Stores a new session; `indexIds` is `null` for one that is bound to no index. */
export function insertChatSession(
  database: Database,
  projectId: string,
  indexIds: readonly string[] | null,
): ChatSession {
  const id = `ses-${randomUUID()}`;
  database.sql.run`
    INSERT INTO chat_sessions (id, project_id, index_ids, last_updated_at)
    VALUES (${id}, ${projectId}, ${indexIds === null ? null : JSON.stringify(indexIds)}, ${now(database)})`;
  return stored(database, id);
}

/** The session, unless it is not there or is in a project other than `project`. */
export function findChatSession(
  { sql }: Database,
  id: string,
  project: string | null,
): ChatSession | undefined {
  const row = sql.get`
    SELECT * FROM chat_sessions
    WHERE id = ${id} AND (${project} IS NULL OR project_id = ${project})`;
  return row === undefined ? undefined : toChatSession(row);
}

/** One page of a project's sessions, newest first. The order is that of their creation, which no message changes. */
export function selectChatSessions(
  { sql }: Database,
  start: PageStart,
  project: string,
): readonly Row[] {
  return sql.all`
    SELECT * FROM chat_sessions
    WHERE project_id = ${project} AND (${start.after} = 0 OR seq < ${start.after})
    ORDER BY seq DESC LIMIT ${start.limit}`;
}

/** The session with all that was said in it, oldest first. */
export function withEvents({ sql }: Database, session: ChatSession): ChatSessionHistory {
  const rows = sql.all`
    SELECT event FROM chat_events
    WHERE session_seq = (SELECT seq FROM chat_sessions WHERE id = ${session.session_id})
    ORDER BY seq`;
  return { ...session, events: rows.map((row) => JSON.parse(text(row, 'event')) as ChatEvent) };
}

/** What was said in the session, oldest first: questions and answers, without thoughts and tools. */
export function spokenEvents({ sql }: Database, id: string): ChatEvent[] {
  const rows = sql.all`
    SELECT event FROM chat_events
    WHERE session_seq = (SELECT seq FROM chat_sessions WHERE id = ${id})
      AND event ->> 'type' IN ('user_input', 'text')
    ORDER BY seq`;
  return rows.map((row) => JSON.parse(text(row, 'event')) as ChatEvent);
}

/** Deletes the session and its events. */
export function deleteChatSession({ sql }: Database, id: string): void {
  sql.run`DELETE FROM chat_sessions WHERE id = ${id}`;
}

/** Gives the session a title. */
export function setChatTitle(database: Database, id: string, title: string): ChatSession {
  database.sql.run`
    UPDATE chat_sessions SET title = ${title}, last_updated_at = ${now(database)} WHERE id = ${id}`;
  return stored(database, id);
}

/** A turn that begins. */
export interface StartedTurn {
  readonly prompt: string;
  /** The session's title if it has none yet. */
  readonly title: string;
  readonly exportConfigIds: readonly string[];
}

/** Notes that a turn begins. The caller has made sure that none is under way. */
export function startChatTurn(database: Database, id: string, turn: StartedTurn): void {
  database.transaction(() => {
    endInterrupted(database, id);
    database.sql.run`
      UPDATE chat_sessions
      SET running = ${JSON.stringify(turn.exportConfigIds)}, last_updated_at = ${now(database)},
          title = coalesce(title, ${turn.title})
      WHERE id = ${id}`;
    appendChatEvent(database, id, { type: 'user_input', content: turn.prompt });
  });
}

/** Adds an event to a session; one that was deleted meanwhile takes none. */
export function appendChatEvent({ sql }: Database, id: string, event: ChatEvent): void {
  sql.run`
    INSERT INTO chat_events (session_seq, event)
    SELECT seq, ${JSON.stringify(event)} FROM chat_sessions WHERE id = ${id}`;
}

/** Closes the turn under way with its last event. */
export function endChatTurn(database: Database, id: string, stop: StopEvent): void {
  database.transaction(() => {
    endTurn(database, id, stop);
  });
}

/** Closes every turn that a process left open when it died. To be called once, when a cloud starts. */
export function closeInterruptedTurns(database: Database): void {
  database.transaction(() => {
    for (const row of database.sql.all`SELECT id FROM chat_sessions WHERE running IS NOT NULL`) {
      endInterrupted(database, text(row, 'id'));
    }
  });
}

/** Ends a turn that nobody runs any more; none is no error. */
function endInterrupted(database: Database, id: string): void {
  const open = database.sql
    .get`SELECT id FROM chat_sessions WHERE id = ${id} AND running IS NOT NULL`;
  if (open !== undefined) {
    endTurn(database, id, {
      type: 'stop',
      is_error: true,
      error: 'The server stopped in the middle of this turn; send the message again',
      usage: {},
    });
  }
}

function endTurn(database: Database, id: string, stop: StopEvent): void {
  const row = database.sql.get`SELECT running FROM chat_sessions WHERE id = ${id}`;
  if (row === undefined) {
    return;
  }
  const run: ChatRun = {
    ...stop.usage,
    is_error: stop.is_error,
    error: stop.error,
    export_config_ids: JSON.parse(textOrNull(row, 'running') ?? 'null') as readonly string[] | null,
  };
  appendChatEvent(database, id, stop);
  database.sql.run`
    UPDATE chat_sessions
    SET running = NULL, last_run = ${JSON.stringify(run)}, last_updated_at = ${now(database)}
    WHERE id = ${id}`;
}

function stored({ sql }: Database, id: string): ChatSession {
  const row = sql.get`SELECT * FROM chat_sessions WHERE id = ${id}`;
  if (row === undefined) {
    throw new Error(`Chat session ${id} vanished while it was written`);
  }
  return toChatSession(row);
}

/** The time as the service writes it for sessions: UTC, without a zone. */
function now({ timestamp }: Database): string {
  return timestamp().replace('Z', '');
}
