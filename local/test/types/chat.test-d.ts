/** Proves, when the project is type-checked, that the chat routes accept what `src/types` declares. */

import { expectTypeOf } from 'vitest';
import type { z } from 'zod';
import type {
  CreateChatSessionBody,
  GenerateChatSessionTitleBody,
  StreamChatBody,
} from '../../../src/types/chat.ts';
import type {
  createChatSessionBody,
  generateChatSessionTitleBody,
  streamChatBody,
} from '../../src/schemas/chat.ts';

/** `T` without `readonly` and without the `undefined` that optional fields may spell out. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<Exclude<T[Key], undefined>> }
    : T;

type Body<Schema extends z.ZodType> = Plain<z.input<Schema>>;

expectTypeOf<Body<typeof createChatSessionBody>>().toEqualTypeOf<Plain<CreateChatSessionBody>>();
expectTypeOf<Body<typeof streamChatBody>>().toEqualTypeOf<Plain<StreamChatBody>>();
expectTypeOf<Body<typeof generateChatSessionTitleBody>>().toEqualTypeOf<
  Plain<GenerateChatSessionTitleBody>
>();
