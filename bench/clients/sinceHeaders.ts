import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/**
 * A watch that starts when the headers of the next answer are there, and gives the milliseconds since. Headers come with the first
 * bytes of a body or before them. Works for every client that stands on undici, as Node's own `fetch` does.
 */
export function sinceHeaders(): () => number {
  let began = NaN;
  const note = (): void => {
    began = performance.now();
    unsubscribe('undici:request:headers', note);
  };
  subscribe('undici:request:headers', note);
  return () => performance.now() - began;
}
