import { Observable, type Subscriber, Subscription } from 'rxjs';

/**
 * Walks through the pages of a list: gives the items of a page to `subscriber`, then calls `delivered` with the
 * function that fetches the next page.
 */
export type PageWalk<T> = (
  subscriber: Subscriber<T>,
  delivered: (goOn: () => void) => void,
) => void;

/**
 * The items of a paged list. Subscribed to, it pushes them page after page, as fast as they come. It can also be
 * pulled, with `for await` or by `fanOutFrom`: then a page is fetched only once the items before it are taken, and
 * leaving the loop aborts the page under way. What `pipe` makes of it is an Observable like any other, and cannot be
 * pulled.
 *
 * @example As slow as you like: the next page waits
 * ```ts
 * for await (const { id } of listDirectoryFiles(connection, directoryId)) {
 *   console.log(id);
 * }
 * ```
 */
export interface List<T> extends Observable<T>, AsyncIterable<T, undefined> {}

/** The list that a walk goes through: from its start for each subscription and for each loop. */
export function listOf<T>(walk: PageWalk<T>): List<T> {
  const pushed = new Observable<T>((subscriber) => walk(subscriber, (goOn) => goOn()));
  return Object.assign(pushed, { [Symbol.asyncIterator]: () => pull(walk) });
}

function pull<T>(walk: PageWalk<T>): AsyncIterator<T, undefined> {
  const subscription = new Subscription();
  let turned = Promise.withResolvers<undefined>();
  let page: T[] = [];
  const begin = (): void => {
    const pages = new Observable<T>((subscriber) => {
      walk(subscriber, (next) => {
        goOn = next;
        turned.resolve(undefined);
      });
    });
    subscription.add(
      pages.subscribe({
        next: (item) => page.push(item),
        error: (error: unknown) => turned.reject(error),
        complete: end,
      }),
    );
  };
  const end = (): void => {
    goOn = undefined;
    turned.resolve(undefined);
  };
  let goOn: (() => void) | undefined = begin;

  async function* pulled(): AsyncGenerator<T, undefined> {
    while (goOn) {
      turned = Promise.withResolvers();
      goOn();
      await turned.promise;
      const items = page;
      page = [];
      yield* items;
    }
  }

  const items = pulled();
  return {
    next: () => items.next(),
    return() {
      subscription.unsubscribe();
      end();
      return items.return(undefined);
    },
  };
}
