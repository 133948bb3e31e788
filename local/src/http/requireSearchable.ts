import type { Index } from '../../../src/types/indexes.ts';
import { ApiProblem } from './apiProblem.ts';

/**
 * Refuses with 409 to search an index that has never been built. One that is being brought up
 * to date is searched as it stands.
 */
export function requireSearchable({ id, last_exported_at, metadata }: Index): void {
  if (typeof last_exported_at !== 'string') {
    throw new ApiProblem(
      409,
      metadata?.status === 'failed'
        ? `Index ${id} could not be built; its metadata says why. Sync it again first`
        : `Index ${id} is not built yet; wait until its metadata.status is "ready"`,
    );
  }
}
