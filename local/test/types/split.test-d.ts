/** Proves, when the project is type-checked, that the split routes accept what `src/types` declares. */

import { expectTypeOf } from 'vitest';
import type { z } from 'zod';
import type { CreateSplitJobBody, ListSplitJobsQuery } from '../../../src/types/split.ts';
import type { createSplitJobBody, listSplitJobsQuery } from '../../src/schemas/split.ts';

/** `T` without `readonly` and without the `undefined` that optional fields may spell out. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<Exclude<T[Key], undefined>> }
    : T;

expectTypeOf<Plain<z.input<typeof createSplitJobBody>>>().toEqualTypeOf<
  Plain<CreateSplitJobBody>
>();
// A query arrives as text: what its schema makes of it is compared, and null stays out of it.
expectTypeOf<Plain<z.output<typeof listSplitJobsQuery>>>().toEqualTypeOf<
  Plain<{ [Key in keyof ListSplitJobsQuery]: NonNullable<ListSplitJobsQuery[Key]> }>
>();
