/** What an event stream begins with: a comment, for proxies that pass an answer on from its first byte. */
export const opening = ':\n\n';
