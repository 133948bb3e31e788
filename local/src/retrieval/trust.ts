/** How far the vectors of an index can be trusted, beside its words. */
export interface Trust {
  /** What vectors weigh in a question that the model knows as well as the questions of the test, 0 to 1. */
  readonly weight: number;
  /** The mean share of those questions that the model knew, 0 to 1; see `encodeQuestion`. */
  readonly known: number;
}
