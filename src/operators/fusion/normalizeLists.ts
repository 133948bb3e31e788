import { candidates } from './candidates.ts';
import { fusionPlan } from './fusionPlan.ts';
import type { Normalization } from './normalization.ts';
import type { Rankable } from './rankable.ts';
import { checkKind } from '../../checks/checkKind.ts';

/**
 * The scores that {@link fuse} sees once they are made comparable: for each list a map from the id to the score.
 *
 * @example
 * ```ts
 * normalizeLists([[{ id: 'a', score: 3 }, { id: 'b', score: 1 }]], 'l2');
 * ```
 */
export function normalizeLists(
  lists: readonly (readonly Rankable[])[],
  normalization: Normalization | readonly Normalization[],
): Map<string, number>[] {
  checkKind('normalizeLists: lists', lists, 'array');
  lists.forEach((list, at) => checkKind(`normalizeLists: lists[${at}]`, list, 'array'));
  const all = candidates(lists, fusionPlan(lists, { method: 'sum', normalization }));
  return lists.map(
    (_, list) =>
      new Map(
        all.flatMap(({ id, terms }): [string, number][] => {
          const term = terms[list];
          return term === undefined ? [] : [[id, term]];
        }),
      ),
  );
}
