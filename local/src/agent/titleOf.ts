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
  const words = text.slice(0, longestTitle + 1).replace(/\s+\S*$/, '');
  return `${words.length > longestTitle ? text.slice(0, longestTitle).toWellFormed() : words}...`;
}
