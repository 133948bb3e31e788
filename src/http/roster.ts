/** A member's place in a {@link Roster}. */
interface Place<T> {
  readonly member: T;
  before: Place<T> | undefined;
  after: Place<T> | undefined;
  taken: boolean;
}

/**
 * Members in the order in which they came, any of which may leave at any time.
 *
 * Not a `Set`: when many members have gone, V8 gives a set a new table and lets the old one point to it. Once one of
 * the old tables has survived two minor collections, all that follow live on with their members until the next major
 * one. With a set, 10,000 small requests took 40 us of CPU each in place of 21, and 300 MB in place of 200. For the same
 * reason a place that was left points nowhere.
 */
export class Roster<T> {
  #first: Place<T> | undefined;
  #last: Place<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The member that has been in for the longest time. */
  get first(): T | undefined {
    return this.#first?.member;
  }

  /** Puts a member in. The function that it returns takes it out, and says whether it was still in. */
  add(member: T): () => boolean {
    const place: Place<T> = { member, before: this.#last, after: undefined, taken: true };
    if (this.#last) {
      this.#last.after = place;
    } else {
      this.#first = place;
    }
    this.#last = place;
    this.#size += 1;
    return () => this.#leave(place);
  }

  /** Takes the first member out. */
  shift(): T | undefined {
    const first = this.#first;
    if (first) {
      this.#leave(first);
    }
    return first?.member;
  }

  /** The members that are in now, in order. */
  members(): T[] {
    const members: T[] = [];
    for (let place = this.#first; place; place = place.after) {
      members.push(place.member);
    }
    return members;
  }

  #leave(place: Place<T>): boolean {
    if (!place.taken) {
      return false;
    }
    const { before, after } = place;
    if (before) {
      before.after = after;
    } else {
      this.#first = after;
    }
    if (after) {
      after.before = before;
    } else {
      this.#last = before;
    }
    place.taken = false;
    place.before = undefined;
    place.after = undefined;
    this.#size -= 1;
    return true;
  }
}
