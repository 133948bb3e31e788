/** An async context: what `AsyncLocalStorage` and tracing know the current work by. */
export interface ContextSnapshot {
  /** Calls `work` in this context, whatever the current one is. */
  run<A extends unknown[], R>(work: (...args: A) => R, ...args: A): R;
}

const sameContext: ContextSnapshot = { run: (work, ...args) => work(...args) };

let take = (): ContextSnapshot => sameContext;

/**
 * The async context of the code that calls it. Whatever waits for a turn, a timer or a socket that it shares with others
 * is called back in the context that it had when it began to wait: without that, it runs in the context of whoever made
 * the timer or opened the socket.
 *
 * Where the runtime has no such contexts, `run` only calls.
 */
export function contextSnapshot(): ContextSnapshot {
  return take();
}

/** The same function, to be called back later: it then runs in the context of the code that bound it. */
export function bindContext<A extends unknown[], R>(
  callback: (...args: A) => R,
): (...args: A) => R {
  const context = take();
  return (...args) => context.run(callback, ...args);
}

/** Says how a snapshot is taken on this runtime. For its entry point, before anything else runs. */
export function provideContextSnapshots(provided: () => ContextSnapshot): void {
  take = provided;
}
