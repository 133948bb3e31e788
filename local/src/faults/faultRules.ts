import type { Fault, FaultRule } from './fault.ts';
import { parseFaultRule } from './faultSchema.ts';

/** Plans what goes wrong. Rules are tried in the order in which they were given. */
export interface Faults {
  /**
   * Lets the next requests of a route meet a fault, one unless `times` says otherwise. Several
   * calls for one route queue up.
   *
   * @throws TypeError when the route or the fault is malformed.
   *
   * @example Two refusals, then a lost answer
   * ```ts
   * cloud.faults.next('POST /api/v1/indexes', { status: 429, retryAfter: 2 }, 2);
   * cloud.faults.next('POST /api/v1/indexes', { reset: 'before-headers', carriedOut: true });
   * ```
   */
  next(route: string, fault: Fault, times?: number): void;
  /**
   * Adds a rule, such as one that meets a share of the requests:
   * `{ route: '* /**', rate: 0.05, fault: { status: 503 } }`.
   *
   * @throws TypeError when the rule is malformed.
   */
  add(rule: FaultRule): void;
  /** Forgets all rules. */
  clear(): void;
  /** How many requests have met a fault of a rule so far. */
  readonly met: number;
}

/** The rules of a running cloud, as what answers its requests uses them. */
export interface FaultRules extends Faults {
  /** The fault that this request meets, if any. */
  take(method: string, path: string): Fault | undefined;
}

/** A rule with what is left of it. */
interface ActiveRule {
  readonly fault: Fault;
  readonly rate: number;
  readonly matches: (method: string, path: string) => boolean;
  left: number;
}

/** Creates the rules, to begin with these. */
export function createFaultRules(rules: readonly FaultRule[] = []): FaultRules {
  const active: ActiveRule[] = [];
  const random = createRandom();
  let met = 0;

  const add = (rule: FaultRule): void => {
    const { route, fault, rate, times } = parseFaultRule(rule);
    active.push({
      fault,
      rate: rate ?? 1,
      matches: matcherOf(route),
      left: times ?? (rate === undefined ? 1 : Infinity),
    });
  };
  rules.forEach(add);

  return {
    add,
    next: (route, fault, times = 1) => add({ route, fault, times }),
    clear: () => active.splice(0),
    get met() {
      return met;
    },
    take(method, path) {
      const rule = active.find(
        ({ matches, rate }) => matches(method, path) && (rate === 1 || random() < rate),
      );
      if (rule === undefined) {
        return undefined;
      }
      met += 1;
      rule.left -= 1;
      if (rule.left === 0) {
        active.splice(active.indexOf(rule), 1);
      }
      return rule.fault;
    },
  };
}

function matcherOf(route: string): ActiveRule['matches'] {
  const [wanted = '', pattern = ''] = route.split(' ');
  const segments = pattern.split('/');
  const isOpen = segments.at(-1) === '**';
  const fixed = isOpen ? segments.slice(0, -1) : segments;
  return (method, path) => {
    const given = path.split('/');
    return (
      (wanted === '*' || wanted === method) &&
      (isOpen ? given.length >= fixed.length : given.length === fixed.length) &&
      fixed.every((segment, index) => segment === given[index] || /^(\*|\{\w+\})$/.test(segment))
    );
  };
}

/**
 * Numbers from 0 up to 1, the same ones for every cloud, so that a run that failed can be repeated.
 * Mulberry32, a generator in the public domain by Tommy Ettinger.
 */
function createRandom(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
