/** Proves, when the project is type-checked, that the sheets routes accept what `src/types` declares. */

import { expectTypeOf } from 'vitest';
import type { z } from 'zod';
import type {
  CreateSheetsJobBody,
  GetSheetsJobQuery,
  GetSheetsRegionResultQuery,
  ListSheetsJobsQuery,
  SheetsResultType,
} from '../../../src/types/sheets.ts';
import type {
  createSheetsJobBody,
  getSheetsJobQuery,
  getSheetsRegionResultQuery,
  listSheetsJobsQuery,
  sheetsResultPath,
} from '../../src/schemas/sheets.ts';

/** `T` without `readonly` and without the `undefined` that optional fields may spell out. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<Exclude<T[Key], undefined>> }
    : T;

/** What a query is read as. */
type Query<Schema extends z.ZodType> = Plain<z.output<Schema>>;

/** A declared query as it can be sent: there is no `null` in a query string. */
type Sent<Type> = Plain<{ [Key in keyof Type]: Exclude<Type[Key], null> }>;

expectTypeOf<Plain<z.input<typeof createSheetsJobBody>>>().toEqualTypeOf<
  Plain<CreateSheetsJobBody>
>();
expectTypeOf<Query<typeof getSheetsJobQuery>>().toEqualTypeOf<Sent<GetSheetsJobQuery>>();
expectTypeOf<Query<typeof listSheetsJobsQuery>>().toEqualTypeOf<Sent<ListSheetsJobsQuery>>();
expectTypeOf<Query<typeof getSheetsRegionResultQuery>>().toEqualTypeOf<
  Sent<GetSheetsRegionResultQuery>
>();
expectTypeOf<z.output<typeof sheetsResultPath>['region_type']>().toEqualTypeOf<SheetsResultType>();
