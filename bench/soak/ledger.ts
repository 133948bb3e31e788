import { done } from './part.ts';
import { lastValueFrom, type Observable } from 'rxjs';

/**
 * What the client was told of the things that it has made and removed: what the server has at the end is held against
 * it. A thing goes by its kind and its mark, which the client has chosen (a name, a key) or, where the API has no place
 * for one, by the id that the server gave it.
 */
export class Ledger {
  /** By kind: whether a mark is known to be there, or may be, since the answer to its last change was lost. */
  readonly #marks = new Map<string, Map<string, 'kept' | 'unknown'>>();
  /** By kind: creations without a mark whose answer was lost. */
  readonly #unnamed = new Map<string, number>();

  /** Sends the creation of what is marked. */
  async make<T>(kind: string, mark: string, creation: Observable<T>): Promise<T> {
    const marks = this.#of(kind);
    marks.set(mark, 'unknown');
    const made = await lastValueFrom(creation);
    marks.set(mark, 'kept');
    return made;
  }

  /** Sends the creation of what has no mark but the id that it is given. */
  async makeUnmarked<T>(
    kind: string,
    creation: Observable<T>,
    idOf: (made: T) => string,
  ): Promise<T> {
    this.#unnamed.set(kind, this.lost(kind) + 1);
    const made = await lastValueFrom(creation);
    this.#unnamed.set(kind, this.lost(kind) - 1);
    this.#of(kind).set(idOf(made), 'kept');
    return made;
  }

  /** Sends the removal of what is marked. */
  async remove<T>(
    kind: string,
    marked: readonly string[],
    removal: Observable<T>,
  ): Promise<T | undefined> {
    const marks = this.#of(kind);
    marked.forEach((mark) => marks.set(mark, 'unknown'));
    const answer = await done(removal);
    this.forget(kind, marked);
    return answer;
  }

  /** Notes that this is no longer there, as it went with something else. */
  forget(kind: string, marked: readonly string[]): void {
    marked.forEach((mark) => this.#of(kind).delete(mark));
  }

  /** Notes that this may be gone, or not be there yet. */
  doubt(kind: string, marked: readonly string[]): void {
    marked.forEach((mark) => this.#of(kind).set(mark, 'unknown'));
  }

  /** Notes that this is there. */
  keep(kind: string, marked: readonly string[]): void {
    marked.forEach((mark) => this.#of(kind).set(mark, 'kept'));
  }

  /** How many creations without a mark may have been carried out although the client does not know. */
  lost(kind: string): number {
    return this.#unnamed.get(kind) ?? 0;
  }

  /** How many marks must be there. */
  get kept(): number {
    return this.#count('kept');
  }

  /** How many marks may be there or not. */
  get unknown(): number {
    const unnamed = [...this.#unnamed.values()].reduce((sum, lost) => sum + lost, 0);
    return this.#count('unknown') + unnamed;
  }

  /** What is wrong with what there is: things lost, things there twice, and things that should not be there. */
  complaints(kind: string, found: readonly string[]): string[] {
    const marks = this.#of(kind);
    const times = new Map<string, number>();
    found.forEach((mark) => times.set(mark, (times.get(mark) ?? 0) + 1));
    const lost = [...marks].filter(([mark, fate]) => fate === 'kept' && !times.has(mark));
    const doubled = [...times].filter(([, count]) => count > 1);
    const strange = [...times.keys()].filter((mark) => !marks.has(mark));
    return [
      ...lost.map(([mark]) => `lost: ${kind} ${mark}`),
      ...doubled.map(([mark, count]) => `there ${count} times: ${kind} ${mark}`),
      ...strange
        .slice(this.lost(kind))
        .map((mark) => `there, although removed or made twice: ${kind} ${mark}`),
    ];
  }

  #of(kind: string): Map<string, 'kept' | 'unknown'> {
    const marks = this.#marks.get(kind) ?? new Map<string, 'kept' | 'unknown'>();
    this.#marks.set(kind, marks);
    return marks;
  }

  #count(wanted: 'kept' | 'unknown'): number {
    return [...this.#marks.values()]
      .flatMap((marks) => [...marks.values()])
      .filter((fate) => fate === wanted).length;
  }
}
