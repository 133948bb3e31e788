import type { FaultRule } from 'rx-llamacloud-local';

/** Every route. */
const route = '* /**';

/**
 * What goes wrong, with five requests of a hundred in all. `rate` is the share of the requests; the cloud draws from the
 * same numbers in every run.
 */
export const faultMix: readonly FaultRule[] = [
  { route, rate: 0.01, fault: { status: 503 } },
  { route, rate: 0.004, fault: { status: 503, carriedOut: true } },
  { route, rate: 0.002, fault: { status: 500, carriedOut: true } },
  { route, rate: 0.006, fault: { status: 429, retryAfter: 0.05, retryAfterForm: 'ms' } },
  { route, rate: 0.0005, fault: { status: 429, retryAfter: 1 } },
  { route, rate: 0.006, fault: { reset: 'before-headers' } },
  { route, rate: 0.005, fault: { reset: 'before-headers', carriedOut: true } },
  { route, rate: 0.003, fault: { reset: 'in-headers', carriedOut: true } },
  { route, rate: 0.005, fault: { reset: 40 } },
  { route, rate: 0.0025, fault: { contentLength: 100 } },
  // Half a file looks like a whole one, so this is for answers in JSON only.
  { route: '* /api/**', rate: 0.001, fault: { body: 'cut-json' } },
  { route, rate: 0.0005, fault: { stall: 'before-headers' } },
  { route, rate: 0.0005, fault: { stall: 20 } },
  { route, rate: 0.004, fault: { drip: 256, every: 2 } },
];
