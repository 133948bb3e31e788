import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import type { z } from 'zod';
import type { CloudContext } from '../cloudContext.ts';
import { invalid, notFound } from '../http/apiProblem.ts';
import type { CloudEnv } from '../http/cloudEnv.ts';
import type { PageStart } from '../http/page.ts';
import { pageAt, toPage } from '../http/page.ts';
import { requireSearchable } from '../http/requireSearchable.ts';
import { readBody, readQuery } from '../http/validate.ts';
import { FileNotIndexedError } from '../retrieval/fileNotIndexedError.ts';
import { GrepTimeoutError, InvalidPatternError } from '../retrieval/grepFile.ts';
import { readFile, searchFiles } from '../retrieval/searchIndex.ts';
import { scopeQuery } from '../schemas/query.ts';
import {
  findFilesBody,
  pagedGrepFileBody,
  readFileBody,
  retrieveBody,
  searchFilesBody,
} from '../schemas/retrieval.ts';
import { findIndex } from '../store/indexes.ts';

/** Routes of retrieval: passages, and the files of an index by name, by pattern and as text. */
export function retrieval({ database, search, grep, readers }: CloudContext): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();

  const requireIndex = (id: string, project: string | undefined): string => {
    const index = findIndex(database, id, project ?? null);
    if (index === undefined) {
      throw notFound('Index', id);
    }
    requireSearchable(index);
    return index.id;
  };

  const read = (indexId: string, file: { file_id: string; offset?: number | undefined }) => {
    try {
      return readFile(search, indexId, file);
    } catch (cause) {
      throw cause instanceof FileNotIndexedError
        ? notFound(`In index ${indexId}, file`, file.file_id)
        : cause;
    }
  };

  app.post('/api/v1/retrieval/retrieve', async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const { index_id, ...params } = await readBody(c, retrieveBody);
    return c.json({ results: await readers.retrieve(requireIndex(index_id, project_id), params) });
  });

  app.post('/api/v1/retrieval/files/search', async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const { index_id, ...params } = await readBody(c, searchFilesBody);
    return c.json({ files: searchFiles(search, requireIndex(index_id, project_id), params) });
  });

  // The service has since put this in the place of `search`, with pages and other names.
  app.post('/api/v1/retrieval/files/find', async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const { index_id, ...params } = await readBody(c, findFilesBody);
    const indexId = requireIndex(index_id, project_id);
    const start = pageAt(`find:${indexId}`, params, 'body');
    const files = searchFiles(search, indexId, params).map((file, at) => ({ file, at: at + 1 }));
    const rows = files.slice(start.after, start.after + start.limit);
    const page = toPage(
      `find:${indexId}`,
      start,
      rows,
      ({ at }) => at,
      ({ file }) => file,
    );
    return c.json({ ...page, total_size: files.length });
  });

  app.post('/api/v1/retrieval/files/grep', async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const body = await readBody(c, pagedGrepFileBody);
    const { index_id, file_id, pattern, context_chars, limit } = body;
    const indexId = requireIndex(index_id, project_id);
    const text = read(indexId, { file_id });
    const list = `grep:${fingerprint([indexId, file_id, pattern])}`;
    const start = grepPage(list, body);
    // Matches are found in the text's order: those of the pages before are found again.
    const most = Math.min(limit ?? Infinity, start.after + start.limit);
    const found = await grep
      .grep(text, pattern, { context_chars, limit: most })
      .catch((cause: unknown) => {
        throw toProblem(cause, pattern);
      });
    const rows = found.map((match, at) => ({ match, at: at + 1 })).slice(start.after);
    const page = toPage(
      list,
      start,
      rows,
      ({ at }) => at,
      ({ match }) => match,
    );
    // The service has since renamed `matches`; clients of either age find what they look for.
    const total_size = page.next_page_token === null ? found.length : null;
    return c.json({ matches: page.items, ...page, total_size });
  });

  app.post('/api/v1/retrieval/files/read', async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const { index_id, ...params } = await readBody(c, readFileBody);
    return c.json({ content: read(requireIndex(index_id, project_id), params) });
  });

  return app;
}

/** Matches on a page when the request does not say. */
const defaultMatches = 100;

/** Which matches are wanted. Without `page_size`, as in the older form, all up to `limit` are. */
function grepPage(list: string, body: z.output<typeof pagedGrepFileBody>): PageStart {
  const start = pageAt(list, body, 'body');
  return body.page_size == null ? { ...start, limit: (body.limit ?? defaultMatches) + 1 } : start;
}

/** A short text that differs where `values` do. */
function fingerprint(values: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('base64url');
}

function toProblem(cause: unknown, pattern: string): unknown {
  // A pattern that was stopped is no 408: clients send those again, and wait as long each time.
  if (cause instanceof InvalidPatternError || cause instanceof GrepTimeoutError) {
    return invalid({
      type: 'value_error',
      loc: ['body', 'pattern'],
      msg: cause.message,
      input: pattern,
    });
  }
  return cause;
}
