import { fanOutFrom, type Connection, type List } from 'rx-llamacloud';
import { regionRows } from 'rx-llamacloud/regionRows';
import type { Observable } from 'rxjs';
import { expectTypeOf, it } from 'vitest';

declare const connection: Connection;

interface Cost {
  readonly Item: string;
  readonly Sales: bigint;
}

it('gives rows of the shape that is asked for, or of any', () => {
  expectTypeOf(regionRows<Cost>(connection, 'spr-1', 'rgn-1', 'table')).toEqualTypeOf<List<Cost>>();
  expectTypeOf(regionRows(connection, 'spr-1', 'rgn-1', 'extra')).toEqualTypeOf<
    List<Readonly<Record<string, unknown>>>
  >();
});

it('can be pulled', () => {
  const rows = regionRows<Cost>(connection, 'spr-1', 'rgn-1', 'table');
  expectTypeOf(fanOutFrom(rows, ({ Sales }) => [Sales])).toEqualTypeOf<Observable<bigint>>();
});

it('refuses a kind of result that there is not', () => {
  // @ts-expect-error there are table, extra and cell_metadata
  regionRows(connection, 'spr-1', 'rgn-1', 'rows');
});
