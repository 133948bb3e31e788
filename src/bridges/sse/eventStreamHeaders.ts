/** Compression and nginx would hold events back, and caches would keep them. */
const own: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/**
 * The headers of an event stream, names in lower case.
 *
 * @param others - Headers beside them, by names in any case; one that is set here too takes its place.
 */
export function eventStreamHeaders(
  others: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const named = Object.entries(others).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { ...own, ...Object.fromEntries(named) };
}
