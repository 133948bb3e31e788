import { createHook } from 'node:async_hooks';

/** The timers that were set since {@link noteTimers}. */
export interface OpenTimers extends Disposable {
  /** Where those were set that neither have fired nor were cleared, and that keep the process alive. */
  readonly open: () => string[];
}

/** Whose timers are not looked at: those of the test runner and of the one who looks. */
const others = /node_modules\/(@?vitest)\/|\/support\/eventually\.ts/;

/**
 * Notes every timer that is set from here on. Counting all timers of the process would not do: the test runner has
 * its own, which come and go.
 */
export function noteTimers(): OpenTimers {
  const timers = new Map<number, { readonly setAt: string; readonly resource: object }>();
  const hook = createHook({
    init(id, type, _, resource) {
      if (type === 'Timeout') {
        const setAt = callerOf(new Error().stack ?? '');
        if (!others.test(setAt)) {
          timers.set(id, { setAt, resource });
        }
      }
    },
    destroy(id) {
      timers.delete(id);
    },
  }).enable();
  return {
    open: () =>
      [...timers.values()]
        .filter(
          ({ resource }) => !('hasRef' in resource) || isReferenced(resource.hasRef, resource),
        )
        .map(({ setAt }) => `a timer set ${setAt}`),
    [Symbol.dispose]: () => {
      hook.disable();
    },
  };
}

function isReferenced(hasRef: unknown, timer: object): boolean {
  return typeof hasRef !== 'function' || Reflect.apply(hasRef, timer, []) === true;
}

/** The innermost line of a stack that is neither Node's nor this file's. */
function callerOf(stack: string): string {
  const lines = stack.split('\n').slice(1);
  return (
    lines.find((line) => !/node:|\/openTimers\.ts|AsyncHook/.test(line))?.trim() ?? 'by Node itself'
  );
}
