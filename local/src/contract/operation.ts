import type { core, z } from 'zod';

/** Named values: parameters or headers. */
type Named = z.ZodObject<core.$ZodShape>;

/**
 * One operation of the API: what it reads, and what it answers when all is well. The routes read
 * with the same schemas; the OpenAPI document is made of these, and tests hold answers to them.
 */
export interface Operation {
  /** Method and path; parameters of the path stand in braces and are any text. */
  readonly route: `${'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT'} /${string}`;
  /** What it does, in a few words. */
  readonly summary: string;
  /** Parameters of the path that cannot be any text. */
  readonly path?: Named;
  /** @defaultValue the scope, which every operation can be given */
  readonly query?: Named;
  /** Headers that it knows, besides the key. */
  readonly header?: Named;
  /** The body. Reads nothing when left out. */
  readonly body?: z.ZodType;
  /** @defaultValue `'application/json'` */
  readonly bodyType?: string;
  /** Whether the body may be left out. @defaultValue `false` */
  readonly bodyOptional?: true;
  /** The status of a success. */
  readonly status: 200 | 201 | 202 | 204;
  /** What a success answers; with `text/event-stream`, the data of each event. Left out, nothing. */
  readonly answer?: z.ZodType;
  /** @defaultValue `'application/json'` */
  readonly answerType?: string;
  /** Whether it needs no key: its link is signed. @defaultValue `false` */
  readonly signed?: true;
}

/** Operations by the names that the toolkit gives them. */
export type Operations = Readonly<Record<string, Operation>>;
