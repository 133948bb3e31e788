/** What a part of the soak is made of: the steps of one resource, and what must be left of them. */

import { lastValueFrom, type Observable } from 'rxjs';
import type { Connection } from '../../src/http/connection.ts';
import type { Ledger } from './ledger.ts';

/** Does one thing. Resolves to whether there was anything to do it with; rejects when it failed. */
export type Step = () => Promise<boolean>;

/** A step for every operation of a file of sources. */
export type StepsOf<Sources> = Readonly<
  Record<Exclude<keyof Sources & string, `watch${string}`>, Step>
>;

/** One resource under load. */
export interface Part {
  readonly steps: Readonly<Record<string, Step>>;
  /** What is made of several operations, watchers included. */
  readonly workflows: Readonly<Record<string, Step>>;
  /** What is there, by the kinds and marks of the ledger. */
  readonly remains: (
    connection: Connection,
  ) => Promise<Readonly<Record<string, readonly string[]>>>;
}

/** A part that leaves no operation of its file of sources out. */
export interface PartOf<Sources> extends Part {
  readonly steps: StepsOf<Sources>;
}

/** What all parts share. */
export interface Soak {
  readonly connection: Connection;
  readonly ledger: Ledger;
  /** A name that no other thing of this run has. */
  readonly mark: (kind: string) => string;
}

/** An answer came, and is wrong. Nothing that goes wrong on purpose explains it. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';
}

/** @throws Mismatch unless `holds`. */
export function demand(holds: boolean, what: string): asserts holds {
  if (!holds) {
    throw new Mismatch(what);
  }
}

/** The source's last value; `undefined` when it has none. */
export function done<T>(source: Observable<T>): Promise<T | undefined> {
  return lastValueFrom<T, undefined>(source, { defaultValue: undefined });
}

/** What failed among several things that were done at once: the last of them, if any, becomes the step's error. */
export function passOn(failures: readonly unknown[]): void {
  const failure = failures.at(-1);
  if (failure !== undefined) {
    throw failure instanceof Error
      ? failure
      : new Mismatch('something that is no error was thrown');
  }
}
