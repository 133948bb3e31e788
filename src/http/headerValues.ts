/**
 * All values of a header that may come more than once, as lines of its own or in one line with commas between them. For
 * headers whose value is one word, number or date; the comma of a date is not one between values.
 */
export function headerValues(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  name: string,
): string[] {
  const lines = [headers[name] ?? []].flat();
  return lines.flatMap((line) => {
    const values: string[] = [];
    let weekday = '';
    for (const part of line.split(',')) {
      if (/^[a-z]+$/i.test(part.trim()) && weekday === '') {
        weekday = part;
      } else {
        values.push(weekday === '' ? part : `${weekday},${part}`);
        weekday = '';
      }
    }
    return [...values, weekday].map((value) => value.trim()).filter((value) => value !== '');
  });
}
