import type { PageQuery } from './page.ts';
import type { Scope } from './scope.ts';

/** Which jobs to list, for jobs of any kind. */
export interface JobListQuery extends Scope, PageQuery {
  /** Only these jobs. */
  readonly job_ids?: readonly string[] | null | undefined;
  /** Only jobs made then or later, ISO 8601. */
  readonly created_at_on_or_after?: string | null | undefined;
  /** Only jobs made then or earlier, ISO 8601. */
  readonly created_at_on_or_before?: string | null | undefined;
}
