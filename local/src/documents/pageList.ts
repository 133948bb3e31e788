/** Names pages in a sentence: `page 3`, `pages 1, 2, 5`; the first ten, and how many more. */
export function pageList(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 10).join(', ');
  const more = numbers.length > 10 ? ` and ${numbers.length - 10} more` : '';
  return `${numbers.length === 1 ? 'page' : 'pages'} ${shown}${more}`;
}
