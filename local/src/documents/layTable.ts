/** A cell of a table, and how many columns and rows it spreads over. */
export interface TableCell {
  readonly text: string;
  readonly columns: number;
  readonly rows: number;
}

/** Cells that a table may have once it is laid out; merged ones are made of nothing. */
const mostCells = 1_000_000;

/**
 * Lays the cells of a table, row by row, on a grid, and writes it as markdown: a merged cell has its text
 * in the first of its places, and leaves the others empty, so that what follows keeps its column. Cells'
 * text is markdown already. A table without any text is empty.
 */
export function layTable(rows: readonly (readonly TableCell[])[]): string {
  const grid: string[][] = [];
  // For each column, how many of the rows to come are taken by a cell from above.
  const taken: number[] = [];
  let laid = 0;
  for (const cells of rows) {
    const line: string[] = [];
    let column = 0;
    const passTaken = (): void => {
      while ((taken[column] ?? 0) > 0) {
        taken[column] = (taken[column] ?? 0) - 1;
        line[column] = '';
        column += 1;
      }
    };
    for (const { text, columns, rows: height } of cells) {
      passTaken();
      for (let at = 0; at < columns && laid < mostCells; at += 1) {
        line[column] = at === 0 ? text : '';
        taken[column] = height - 1;
        column += 1;
        laid += 1;
      }
    }
    while (column < taken.length) {
      passTaken();
      column += 1;
    }
    grid.push(Array.from(line, (text: string | undefined) => text ?? ''));
  }
  const filled = grid.filter((line) => line.some((text) => text !== ''));
  const width = filled.reduce((widest, line) => Math.max(widest, line.length), 0);
  const [header, ...body] = filled.map(
    (line) => `| ${Array.from({ length: width }, (_, at) => line[at] ?? '').join(' | ')} |`,
  );
  return header === undefined ? '' : [header, `|${' --- |'.repeat(width)}`, ...body].join('\n');
}
