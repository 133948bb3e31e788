/** What the bench can ask: one question has cases, variants that each do the same work, and goals. */

/** One question, the export of a file in `bench/questions`. */
export interface Question {
  readonly title: string;
  /** What one run does, in a sentence. */
  readonly run: string;
  /** What the count of a case counts, in the singular: `item`, `call`. */
  readonly unit: string;
  /** The circumstances, by name. Every variant runs in each of them. */
  readonly cases: Readonly<Record<string, Case>>;
  /** The variant that the table compares the others with. */
  readonly baseline: string;
  readonly variants: Readonly<Record<string, Variant>>;
  readonly goals: readonly Goal[];
  /** What the figures do not say by themselves, as Markdown: why a goal is missed, and what was tried. */
  readonly note?: string | undefined;
  /** Which of the harness's own measures the tables show, beside the variants' figures. @defaultValue all */
  readonly columns?: readonly Column[] | undefined;
  /** Plotted over the counts of the cases, a picture each. @defaultValue nothing */
  readonly plotted?: readonly Measure[] | undefined;
}

/** A group of columns of a question's tables. */
export type Column = 'wall' | 'cpu' | 'memory' | 'server';

/** The circumstances of a run. */
export interface Case {
  /** How many units one run handles. */
  readonly count: number;
  /**
   * What the loopback server is to be, as `name/knobs` with the name of a file in `bench/server`:
   * `lists/items=1000&size=100`. The knob `latency`, in milliseconds, is for all of them.
   *
   * @defaultValue no server
   */
  readonly site?: string | undefined;
  /** Variants that are left out, as they would take for ever. */
  readonly without?: readonly string[] | undefined;
}

/**
 * Gets one way to do the work ready, in a process of its own, and gives the function that does it: called a few times
 * to warm up, then once a round. Nothing outside of it is measured.
 */
export type Variant = (context: Context) => Run | Promise<Run>;

/** Does the work once. */
export type Run = () => Promise<Outcome>;

/** What came of a run. */
export interface Outcome {
  /** How many units were handled; anything but the count of the case is an error. */
  readonly done: number;
  /** What the harness cannot see from outside. */
  readonly figures?: Figures | undefined;
}

/** Further figures of a run, by the titles of their columns: `first event, ms`. */
export type Figures = Readonly<Record<string, number>>;

/** What a variant is told. */
export interface Context {
  /** Where the API is, without a slash at the end; made from the case's `site`. */
  readonly baseUrl: string;
  readonly count: number;
  /** The name of the case. */
  readonly caseName: string;
}

/**
 * What is to be reached. All figures are medians over the rounds, save `memory`, which is the peak over all; ratios within a
 * case are medians of those of each round.
 */
export interface Goal {
  readonly variant: string;
  /** @defaultValue every case */
  readonly caseName?: string | undefined;
  readonly measure: MeasureName;
  /** The bound is times this variant's measure. */
  readonly times?: string | undefined;
  /** The bound is on top of this variant's measure. */
  readonly over?: string | undefined;
  /** The case in which that variant is looked at. @defaultValue the same case */
  readonly inCase?: string | undefined;
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
}

/** One of the harness's measures, or the title of a figure. */
export type MeasureName = Measure | (string & {});

/** What the harness measures of a run. */
export type Measure =
  /** Milliseconds. */
  | 'wall'
  /** Milliseconds of the process's CPU time, all threads. */
  | 'cpu'
  /** Microseconds a unit. */
  | 'wall a unit'
  | 'cpu a unit'
  /** Units a second. */
  | 'speed'
  /** Peak of the process's resident memory above what it was before the first run, in MB (10^6 bytes). */
  | 'memory'
  /** Requests that reached the server. */
  | 'requests'
  /** Milliseconds of the server's CPU time. */
  | 'server cpu';
