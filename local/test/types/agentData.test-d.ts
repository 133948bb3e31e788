/**
 * Proves, when the project is type-checked, that what the agent data routes read is what
 * `src/types` declares. What is read is compared, not what is sent: booleans in filters are
 * taken too, and read as numbers.
 */

import { expectTypeOf } from 'vitest';
import type { z } from 'zod';
import type {
  AggregateAgentDataBody,
  CreateAgentDataBody,
  FilterAgentDataBody,
  SearchAgentDataBody,
  UpdateAgentDataBody,
} from '../../../src/types/agentData.ts';
import type {
  aggregateAgentDataBody,
  createAgentDataBody,
  deleteAgentDataBody,
  searchAgentDataBody,
  updateAgentDataBody,
} from '../../src/schemas/agentData.ts';

/** `T` without `readonly` and without the `undefined` that optional fields may spell out. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<Exclude<T[Key], undefined>> }
    : T;

type Body<Schema extends z.ZodType> = Plain<z.output<Schema>>;

expectTypeOf<Body<typeof createAgentDataBody>>().toEqualTypeOf<Plain<CreateAgentDataBody>>();
expectTypeOf<Body<typeof updateAgentDataBody>>().toEqualTypeOf<Plain<UpdateAgentDataBody>>();
expectTypeOf<Body<typeof searchAgentDataBody>>().toEqualTypeOf<Plain<SearchAgentDataBody>>();
expectTypeOf<Body<typeof aggregateAgentDataBody>>().toEqualTypeOf<Plain<AggregateAgentDataBody>>();
expectTypeOf<Body<typeof deleteAgentDataBody>>().toEqualTypeOf<Plain<FilterAgentDataBody>>();
