import { it } from 'vitest';
import { type FaultRun, runFault } from './faultRun.ts';

/** What the report says of a fault beside its name. */
export interface FaultRow {
  /** What the user of the toolkit sees, in one plain sentence. */
  readonly behaviour: string;
}

/**
 * A test that is named after its fault: a row of `docs/reliability.md`, which is made from these calls. Beside what
 * `body` expects, the invariants of {@link runFault} are checked.
 *
 * @param id - The fault's number in the report; each is used once.
 */
export function fault(
  id: number,
  name: string,
  { behaviour }: FaultRow,
  body: (run: FaultRun) => Promise<void>,
): void {
  it(`${id}. ${name}: ${behaviour}`, () => runFault(body));
}
