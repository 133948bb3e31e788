import { Observable, type Subscriber, Subscription } from 'rxjs';

/** How many pages are asked for ahead of the one that is delivered. */
export type Prefetch = 0 | 1;

/**
 * Walks through the pages of a list: gives the items of a page to `subscriber`, then calls `delivered` with the
 * function that has the next page delivered.
 */
export type PageWalk<T> = (
  subscriber: Subscriber<T>,
  delivered: (goOn: () => void) => void,
  prefetch: Prefetch,
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
export interface List<T> extends Observable<T>, AsyncIterable<T, undefined> {
  /**
   * The same list, which asks for the next page before it hands a page on, so that the network and the work on the
   * items go on at the same time. Never more than one page ahead: `take(n)` costs one request more at most, and
   * aborts it. With 0, the list as it is: a page is asked for when the one before it is delivered.
   *
   * @defaultValue `1`
   */
  prefetch(pages?: Prefetch): List<T>;
}

/** The list that a walk goes through: from its start for each subscription and for each loop. */
export function listOf<T>(walk: PageWalk<T>, pages: Prefetch = 0): List<T> {
  const pushed = new Observable<T>((subscriber) => walk(subscriber, (goOn) => goOn(), pages));
  return Object.assign(pushed, {
    [Symbol.asyncIterator]: () => pull(walk, pages),
    prefetch: (ahead: Prefetch = 1) => listOf(walk, ahead),
  });
}

function pull<T>(walk: PageWalk<T>, pages: Prefetch): AsyncIterator<T, undefined> {
  const subscription = new Subscription();
  let turned = Promise.withResolvers<undefined>();
  let page: T[] = [];
  let failure: { readonly error: unknown } | undefined;
  const begin = (): void => {
    const pushed = new Observable<T>((subscriber) => {
      walk(
        subscriber,
        (next) => {
          goOn = next;
          turned.resolve(undefined);
        },
        pages,
      );
    });
    subscription.add(
      pushed.subscribe({
        next: (item) => page.push(item),
        error(error: unknown) {
          failure = { error };
          end();
        },
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
    // After the items of the page that it came with.
    if (failure) {
      throw failure.error;
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
