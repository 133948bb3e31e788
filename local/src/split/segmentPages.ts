/** Pages in a row that got the same label. */
export interface LabelledRun {
  /** Position of the label among those that were scored. */
  readonly label: number;
  /** 0-based, the first page. */
  readonly start: number;
  /** 0-based, one past the last page. */
  readonly end: number;
}

/**
 * Cuts pages into runs and gives each a label, so that the whole has the most evidence.
 *
 * `scores[page][label]` is the evidence that the page has the label, `boundaries[page]` the log
 * odds that a document begins there. Two runs in a row may have the same label, when the evidence
 * for a boundary between them is strong; a change of label where there is none costs as much.
 *
 * It is the Viterbi algorithm: of the best ways to reach each label on each page, the best of the
 * last page is followed back. Time grows with pages times labels.
 */
export function segmentPages(
  scores: readonly (readonly number[])[],
  boundaries: readonly number[],
): readonly LabelledRun[] {
  const cutBefore: boolean[][] = [];
  const cameFrom: number[] = [];
  let reached: readonly number[] = [];

  scores.forEach((page, at) => {
    const odds = boundaries[at] ?? 0;
    const bestBefore = positionOfLargest(reached);
    const byCut = (reached[bestBefore] ?? 0) + logistic(odds);
    cameFrom.push(bestBefore);
    const cuts: boolean[] = [];
    reached = page.map((score, label) => {
      const byGoingOn = (reached[label] ?? -Infinity) + logistic(-odds);
      cuts.push(byCut >= byGoingOn);
      return score + Math.max(byCut, byGoingOn);
    });
    cutBefore.push(cuts);
  });

  const runs: LabelledRun[] = [];
  let label = positionOfLargest(reached);
  let end = scores.length;
  for (let at = scores.length - 1; at >= 0; at -= 1) {
    if (cutBefore[at]?.[label] === true) {
      runs.push({ label, start: at, end });
      end = at;
      label = cameFrom[at] ?? 0;
    }
  }
  return runs.reverse();
}

function positionOfLargest(values: readonly number[]): number {
  return values.reduce((best, value, at) => (value > (values[best] ?? -Infinity) ? at : best), 0);
}

/** Logarithm of the probability that these log odds stand for. */
function logistic(odds: number): number {
  return odds > 0 ? -Math.log1p(Math.exp(-odds)) : odds - Math.log1p(Math.exp(odds));
}
