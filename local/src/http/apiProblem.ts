import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** One entry of a 422 answer: where in the request, and what is wrong there. */
export interface ProblemEntry {
  /** Kind of the problem, in the words of the service: `missing`, `string_type`, … */
  readonly type: string;
  /** Path to the value: `['body', 'index_id']`, `['query', 'page_size']`. */
  readonly loc: readonly (string | number)[];
  /** What is wrong, as a sentence for people. */
  readonly msg: string;
  /** The value as it was received; absent where there was none. */
  readonly input?: unknown;
}

/**
 * A request that is refused. The app answers it with `status` and `{"detail": …}`,
 * the shape of every error of this API.
 */
export class ApiProblem extends Error {
  override name = 'ApiProblem' as const;
  readonly status: ContentfulStatusCode;
  readonly detail: string | readonly ProblemEntry[];

  constructor(status: ContentfulStatusCode, detail: string | readonly ProblemEntry[]) {
    super(typeof detail === 'string' ? detail : detail.map(({ msg }) => msg).join('; '));
    this.status = status;
    this.detail = detail;
  }
}

/** 404 for a resource that is named but not there, or belongs to another project. */
export function notFound(kind: string, id: string): ApiProblem {
  return new ApiProblem(404, `${kind} ${id} not found`);
}

/** 422 for one value of the request that the schema alone cannot judge. */
export function invalid(entry: ProblemEntry): ApiProblem {
  return new ApiProblem(422, [entry]);
}
