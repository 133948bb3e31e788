import { type CellStyle, type CellValue, type ColumnDef, XlsxStreamWriter } from 'hucre';

const columns: readonly ColumnDef[] = [
  { header: 'Id' },
  { header: 'Customer' },
  { header: 'Region' },
  { header: 'Date', numFmt: 'yyyy-mm-dd' },
  { header: 'Quantity' },
  { header: 'Price', numFmt: '$#,##0.00' },
  { header: 'Discount', numFmt: '0.00%' },
  { header: 'Paid' },
  { header: 'Note' },
  { header: 'Total' },
];

function order(row: number): CellValue[] {
  const quantity = (row % 50) + 1;
  const price = (row % 997) + 0.99;
  return [
    row + 1,
    `Customer ${row % 5_000}`,
    ['North', 'South', 'East', 'West'][row % 4] ?? null,
    new Date(Date.UTC(2025, 0, 1 + (row % 365))),
    quantity,
    price,
    (row % 20) / 100,
    row % 3 === 0,
    row % 7 === 0 ? `Note ${row}` : null,
    quantity * price,
  ];
}

/** An order book of so many rows in XLSX, its cells in `style` where one is given. */
export async function orderBook(rows: number, style?: CellStyle): Promise<Uint8Array> {
  const writer = new XlsxStreamWriter({
    name: 'Orders',
    columns: columns.map((column) => (style === undefined ? column : { ...column, style })),
  });
  for (let row = 0; row < rows; row += 1) {
    writer.addRow(order(row));
  }
  return writer.finish();
}
