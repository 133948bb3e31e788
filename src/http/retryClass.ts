import { methodOf, type Route } from './route.ts';

/**
 * How far an operation may be sent again after a failure.
 *
 * - `safe`: reads; again after any passing failure.
 * - `idempotent`: twice is the same as once; again after any passing failure.
 * - `reconcilable`: a creation that the client named (`unique_id`): after a failure of unknown outcome
 *   the server is asked whether it is there, and only what is not is sent again.
 * - `unsafe`: a creation without a name; again only when the request is known not to have been acted on.
 */
export type RetryClass = 'safe' | 'idempotent' | 'reconcilable' | 'unsafe';

/** The class that a method implies; what differs is listed below. */
const byMethod: Readonly<Record<string, RetryClass>> = {
  GET: 'safe',
  PUT: 'idempotent',
  PATCH: 'idempotent',
  DELETE: 'idempotent',
  POST: 'unsafe',
};

const exceptions: Readonly<Partial<Record<Route, RetryClass>>> = {
  // Reads that need a body.
  'POST /api/v1/retrieval/retrieve': 'safe',
  'POST /api/v1/retrieval/files/search': 'safe',
  'POST /api/v1/retrieval/files/grep': 'safe',
  'POST /api/v1/retrieval/files/read': 'safe',
  'POST /api/v1/beta/agent-data/:search': 'safe',
  'POST /api/v1/beta/agent-data/:aggregate': 'safe',
  // A cancelled job stays cancelled, deleted files stay deleted.
  'POST /api/v1/beta/batch-processing/{job_id}/cancel': 'idempotent',
  'POST /api/v1/beta/directories/{directory_id}/files/bulk-delete': 'idempotent',
  'POST /api/v1/beta/directories/{directory_id}/files': 'reconcilable',
  'POST /api/v1/beta/directories/{directory_id}/files/upload': 'reconcilable',
};

/** An operation's class. The API has no idempotency keys, so a POST is `unsafe` unless it is listed. */
export function retryClass(route: Route): RetryClass {
  return exceptions[route] ?? byMethod[methodOf(route)] ?? 'unsafe';
}
