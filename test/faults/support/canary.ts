import { inspect } from 'node:util';
import { vi } from 'vitest';

/** The token of every connection of the suite: a secret that is easily recognised wherever it turns up. */
export const canary = 'llx-SECRETKEY123456';

/** What was written to the outputs since {@link watchOutputs}. */
export interface Outputs extends Disposable {
  /** Everything that was written, one entry for each call. */
  readonly written: () => readonly string[];
}

/** Notes what goes to stdout, stderr and the console, and lets it through. */
export function watchOutputs(): Outputs {
  const spies = [
    vi.spyOn(process.stdout, 'write'),
    vi.spyOn(process.stderr, 'write'),
    ...(['debug', 'error', 'info', 'log', 'warn'] as const).map((name) => vi.spyOn(console, name)),
  ];
  return {
    written: () =>
      spies.flatMap(({ mock }) => mock.calls.map((call: unknown[]) => textOf(call[0]))),
    [Symbol.dispose]: () => spies.forEach((spy) => spy.mockRestore()),
  };
}

/** In which ways of looking at a thing the secret shows. Empty when it is well kept. */
export function leaksOf(what: string, thing: object): string[] {
  const looks: Record<string, () => string> = {
    'inspect()': () => inspect(thing, { depth: 8, showHidden: true, maxStringLength: Infinity }),
    'JSON.stringify()': () => JSON.stringify(thing),
    'the messages and stacks of its causes': () => causesOf(thing).map(textOf).join('\n'),
  };
  return Object.entries(looks)
    .filter(([, look]) => look().toLowerCase().includes(canary.toLowerCase()))
    .map(([name]) => `${name} of ${what} shows the token`);
}

function causesOf(thing: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let next = thing; next instanceof Error && !chain.includes(next); next = next.cause) {
    chain.push(next);
  }
  return chain;
}

function textOf(thing: unknown): string {
  if (thing instanceof Uint8Array) {
    return Buffer.from(thing).toString('utf8');
  }
  return thing instanceof Error
    ? `${thing.message}\n${thing.stack ?? ''}`
    : typeof thing === 'string'
      ? thing
      : inspect(thing, { depth: 8 });
}
