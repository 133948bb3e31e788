/** A text as one line, without white space at its ends: each line break, with the white space around it, is one space. */
export function oneLine(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}
