/** Whether a text in Markdown is links and pictures and nothing else: a row of badges, say, which answers nothing. */
export function isOnlyLinks(text: string): boolean {
  let at = skipSpace(text, 0);
  while (at < text.length) {
    const end = endOfLink(text, at);
    if (end === undefined) {
      return false;
    }
    at = skipSpace(text, end);
  }
  return true;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charAt(at).trim() === '') {
    at += 1;
  }
  return at;
}

/** Where the link or picture that starts at `from` ends, exclusive; its text may hold others. */
function endOfLink(text: string, from: number): number | undefined {
  const opened = text.charAt(from) === '!' ? from + 1 : from;
  let depth = 0;
  for (let at = opened; at < text.length; at += 1) {
    const sign = text.charAt(at);
    depth += sign === '[' ? 1 : sign === ']' ? -1 : 0;
    if (depth === 0) {
      return sign === ']' ? endOfTarget(text, at + 1) : undefined;
    }
  }
  return undefined;
}

function endOfTarget(text: string, from: number): number | undefined {
  if (text.charAt(from) !== '(') {
    return from;
  }
  const end = text.indexOf(')', from);
  return end === -1 ? undefined : end + 1;
}
