/** The headers of an event stream. Compression and nginx would hold messages back. */
export const sseHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/** What an event stream begins with: a comment, for proxies that pass an answer on from its first byte. */
export const opening = ':\n\n';
