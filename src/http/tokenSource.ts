import { Observable } from 'rxjs';
import { kindOf } from '../checks/shown.ts';
import { TokenError } from '../errors.ts';
import type { Attempt } from './activityEvent.ts';
import { isSecretText, type Secrets } from './secrets.ts';

/**
 * Gives the API key for a request that is about to be sent. `refused` tells that the server has just answered 401 to the
 * one before, so that a key that was kept has to be renewed.
 */
export type TokenFunction = (asked: { readonly refused: boolean }) => string | PromiseLike<string>;

/**
 * Where the keys of a connection come from that has a function for them. It is asked for every request; those that wait
 * for a key at the same time share one call.
 */
export class TokenSource {
  readonly #give: TokenFunction;
  readonly #secrets: Secrets;
  /** What each attempt was sent with. */
  readonly #used = new WeakMap<Attempt, string>();
  /** Keys that were renewed for the next attempt of a call, by its number. */
  readonly #renewed = new Map<number, string>();
  #pending: Promise<string> | undefined;
  #pendingRenewal: Promise<string> | undefined;

  constructor(give: TokenFunction, secrets: Secrets) {
    this.#give = give;
    this.#secrets = secrets;
  }

  /** Asks for the key of an attempt: calls `next` with its headers, at once where the function gives it at once. */
  ask(
    attempt: Attempt,
    next: (credentials: Readonly<Record<string, string>>) => void,
    failed: (error: unknown) => void,
  ): void {
    const use = (token: string): void => {
      this.#used.set(attempt, token);
      next({ authorization: `Bearer ${token}` });
    };
    const renewed = this.#renewed.get(attempt.request);
    this.#renewed.delete(attempt.request);
    if (renewed !== undefined) {
      use(renewed);
      return;
    }
    this.#obtain(attempt.route, false, use, failed);
  }

  /**
   * Asks for another key after a 401: emits whether there is one, which the call's next attempt is sent with, and
   * completes. `undefined` for an attempt that was sent without a key.
   */
  renewal(attempt: Attempt): Observable<boolean> | undefined {
    const refused = this.#used.get(attempt);
    if (refused === undefined) {
      return undefined;
    }
    return new Observable((subscriber) => {
      const compare = (token: string): void => {
        const isOther = token !== refused;
        if (isOther && !subscriber.closed) {
          this.#renewed.set(attempt.request, token);
        }
        subscriber.next(isOther);
        subscriber.complete();
      };
      this.#obtain(attempt.route, true, compare, (error) => subscriber.error(error));
    });
  }

  #obtain(
    route: string,
    refused: boolean,
    next: (token: string) => void,
    failed: (error: unknown) => void,
  ): void {
    const pending = refused ? this.#pendingRenewal : this.#pending;
    let given: string | PromiseLike<string>;
    try {
      given = pending ?? this.#give({ refused });
    } catch (error) {
      failed(this.#rejected(route, error));
      return;
    }
    if (!isThenable(given)) {
      this.#check(route, given, next, failed);
      return;
    }
    const shared = pending ?? this.#share(given, refused);
    shared.then(
      (token) => this.#check(route, token, next, failed),
      (error: unknown) => failed(this.#rejected(route, error)),
    );
  }

  #share(given: PromiseLike<string>, refused: boolean): Promise<string> {
    const settled = (): void => {
      if (refused) {
        this.#pendingRenewal = undefined;
      } else {
        this.#pending = undefined;
      }
    };
    const shared = Promise.resolve(given);
    if (refused) {
      this.#pendingRenewal = shared;
    } else {
      this.#pending = shared;
    }
    shared.then(settled, settled);
    return shared;
  }

  #check(
    route: string,
    token: unknown,
    next: (token: string) => void,
    failed: (error: unknown) => void,
  ): void {
    if (typeof token === 'string' && isSecretText(token)) {
      this.#secrets.add(token);
      next(token);
      return;
    }
    const what =
      typeof token === 'string' && token !== ''
        ? 'a text with a blank, a line break or another character that no key has'
        : kindOf(token);
    const message = `${route}: the function token() must give an API key, and gave ${what}`;
    failed(new TokenError(message, { route, kind: 'unusable' }));
  }

  #rejected(route: string, error: unknown): TokenError {
    // An error of others may quote a key.
    const words = error instanceof Error ? `${error.name} ${error.message}` : '';
    const cause = this.#secrets.redact(words) === words ? error : undefined;
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    const message = `${route}: not sent, as the function token() gave no API key but failed${code}; see cause`;
    return new TokenError(message, { route, kind: 'rejected', cause });
  }
}

function isThenable(value: string | PromiseLike<string>): value is PromiseLike<string> {
  return typeof (value as Partial<PromiseLike<string>> | undefined | null)?.then === 'function';
}
