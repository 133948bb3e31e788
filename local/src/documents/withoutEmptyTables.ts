/** Markdown without the tables of which every cell is empty: frames and lines that were drawn. */
export function withoutEmptyTables(markdown: string): string {
  const kept: string[] = [];
  let table: string[] = [];
  const endTable = (): void => {
    if (table.some((line) => /[^|\s:-]/.test(line))) {
      kept.push(...table);
    }
    table = [];
  };
  for (const line of markdown.split('\n')) {
    if (line.startsWith('|')) {
      table.push(line);
    } else {
      endTable();
      kept.push(line);
    }
  }
  endTable();
  return kept.join('\n');
}
