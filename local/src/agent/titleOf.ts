/** Characters of a title, without the dots that mark a cut. */
const longestTitle = 60;

/** A short title for a conversation: the beginning of its first message, cut after a word. */
export function titleOf(message: string): string {
  const text = message.replace(/\s+/g, ' ').trim();
  if (text === '') {
    return 'New chat';
  }
  if (text.length <= longestTitle) {
    return text;
  }
  const space = text.lastIndexOf(' ', longestTitle);
  return `${text.slice(0, space === -1 ? longestTitle : space).toWellFormed()}...`;
}
