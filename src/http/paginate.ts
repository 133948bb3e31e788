import { defer, type Observable, Subscription } from 'rxjs';
import { ApiError, ResponseError } from '../errors.ts';
import type { Page } from '../types/page.ts';
import { type List, listOf } from './list.ts';
import type { Route } from './route.ts';

/** Finds the next page's cursor, or `undefined` after the last page. */
export type NextCursor<C> = (page: Page<unknown>, cursor: C) => C | undefined;

/** Lists that hand out a token for the next page; absent, `null` and `''` end them. */
export const byToken: NextCursor<string | undefined> = ({ next_page_token: token }) =>
  token === '' || token === null ? undefined : token;

/**
 * Lists that count from an offset. They end at `total_size`, or at the first empty page where that is missing or cannot
 * be: below what was delivered, or no whole number. A page that is merely short may have been cut by the server's own
 * bound.
 */
export const byOffset: NextCursor<number> = (page, offset) => {
  const next = offset + itemsOf(page).length;
  return next === offset || next === page.total_size ? undefined : next;
};

/** Servers leave an empty list out, or send `null` for it, whatever the schema says. */
function itemsOf<T>(page: Partial<Page<T>>): readonly T[] {
  return page.items ?? [];
}

/** Whether an answer is a page: what is only taken for one would lose items, or never end. */
function isPage(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    return false;
  }
  const { items, next_page_token: token }: { items?: unknown; next_page_token?: unknown } = answer;
  return Array.isArray(items ?? []) && typeof (token ?? '') === 'string';
}

/** So many empty pages in a row are taken for a filter at work; one more for a list that never ends. */
const MAX_EMPTY_PAGES = 3;

/** What came of the fetch of a page; neither when the server completed without one. */
interface Outcome<T> {
  readonly page?: Page<T> | undefined;
  readonly error?: unknown;
}

/** The fetch of a page. */
interface Fetching<T> {
  readonly subscription: Subscription;
  /** `undefined` while it is under way. */
  outcome: Outcome<T> | undefined;
}

/**
 * Flattens the pages of a list into its items, and completes after the last page.
 *
 * ```text
 * fetchPage(undefined):  --(P|)            P: items a b, next token t
 * fetchPage('t'):        -----(Q|)         Q: item c, no next token
 * result:                --(ab)-(c|)       asked for t once b was delivered
 * ```
 *
 * A page is asked for only when the page before it has been delivered, so `take(n)` also stops the requests,
 * and unsubscribing aborts the page under way. Where the list is pulled, a page is asked for only when the items
 * before it are taken. `List.prefetch` asks for one page ahead of that.
 *
 * An error carries in `resumeFrom` the cursor of the page that is due. A cursor that comes a second time, or a fourth
 * empty page in a row, is a `ResponseError` of the kind `cursor-loop`, an answer that is not a page one of the kind
 * `parse`.
 *
 * @param route - Names the operation in errors, and is handed on to `fetchPage`.
 * @param first - The cursor of the first page.
 */
export function paginate<T, C extends string | number | undefined, R extends Route>(
  route: R,
  first: C,
  next: NextCursor<C>,
  fetchPage: (cursor: C, route: R) => Observable<Page<T>>,
): List<T> {
  return listOf((subscriber, delivered, prefetch) => {
    const seen = new Set<C>([first]);
    let emptyPages = 0;
    let cursor = first;
    // The page under way; replaced rather than added to, so that a long list leaves nothing behind.
    let fetching: Fetching<T> | undefined;
    let handingOn: NodeJS.Immediate | undefined;
    subscriber.add(() => {
      fetching?.subscription.unsubscribe();
      clearImmediate(handingOn);
    });

    // Pages that are there at once are walked in this loop and not by recursion, which has a floor.
    let turning = false;
    let wanted = false;
    const turn = (): void => {
      wanted = true;
      if (turning) {
        return;
      }
      turning = true;
      while (wanted && !subscriber.closed) {
        fetching ??= begin(cursor);
        if (!fetching.outcome) {
          break;
        }
        wanted = false;
        deliver(fetching.outcome);
      }
      turning = false;
    };

    const begin = (at: C): Fetching<T> => {
      const begun: Fetching<T> = { subscription: new Subscription(), outcome: undefined };
      let page: Page<T> | undefined;
      const settle = (outcome: Outcome<T>): void => {
        begun.outcome = outcome;
        if (wanted) {
          turn();
        }
      };
      begun.subscription.add(
        defer(() => fetchPage(at, route)).subscribe({
          next(value) {
            page = value;
          },
          error: (error: unknown) => settle({ error }),
          complete: () => settle({ page }),
        }),
      );
      if (subscriber.closed) {
        begun.subscription.unsubscribe();
      }
      return begun;
    };

    const fail = (error: unknown): void => {
      if (error instanceof ApiError) {
        error.resumeFrom = cursor;
      }
      subscriber.error(error);
    };

    const deliver = ({ page, error }: Outcome<T>): void => {
      if (error !== undefined) {
        fail(error);
      } else if (page === undefined) {
        subscriber.complete();
      } else if (isPage(page)) {
        const following = next(page, cursor);
        emptyPages = itemsOf(page).length > 0 ? 0 : emptyPages + 1;
        const circle =
          following !== undefined && (seen.has(following) || emptyPages > MAX_EMPTY_PAGES)
            ? loop(route, following, emptyPages)
            : undefined;
        fetching = undefined;
        if (prefetch === 0 || following === undefined || circle) {
          handOn(page, following, circle);
        } else {
          fetching = begin(following);
          // undici lets a socket rest for a turn of the event loop. After two, the request is on the wire, and the
          // server can work on it while the items keep this side busy.
          handingOn = setImmediate(() => {
            handingOn = setImmediate(() => handOn(page, following, undefined));
          });
        }
      } else {
        fail(
          new ResponseError(`${route} answered with something that is not a page of the list`, {
            route,
            kind: 'parse',
          }),
        );
      }
    };

    const handOn = (page: Page<T>, following: C | undefined, circle?: ResponseError): void => {
      for (const item of itemsOf(page)) {
        subscriber.next(item);
        if (subscriber.closed) {
          return;
        }
      }
      if (following === undefined) {
        subscriber.complete();
      } else {
        cursor = following;
        if (circle) {
          fail(circle);
        } else {
          seen.add(following);
          delivered(turn);
        }
      }
    };

    turn();
  });
}

function loop(route: Route, cursor: string | number, emptyPages: number): ResponseError {
  const what =
    emptyPages > MAX_EMPTY_PAGES
      ? `gave ${emptyPages} empty pages in a row`
      : `came back to the page ${JSON.stringify(cursor)}`;
  return new ResponseError(`${route}: the list ${what}; stopped so as not to ask for ever`, {
    route,
    kind: 'cursor-loop',
  });
}
