import type { ApiError } from '../errors.ts';
import type { RetryClass } from './retryClass.ts';

/** How failures that pass by themselves are met. Which operations may be sent again is not a setting. */
export interface RetryConfig {
  /** How often a request is sent at most; 1 for never again. @defaultValue `3` */
  readonly attempts?: number | undefined;
  /**
   * The longest wait between two attempts, in milliseconds, 24 days at most. Also the longest silence that a server
   * can impose on the connection with `Retry-After`. @defaultValue `20_000`
   */
  readonly maxDelay?: number | undefined;
}

/** A failed attempt, as a {@link RetryPolicy} is asked about it. */
export interface RetryFailure {
  readonly error: ApiError;
  /** How many times the request was sent, this attempt included. */
  readonly attempts: number;
  /** Method and route template, such as `GET /api/v1/indexes/{index_id}`. */
  readonly route: string;
  /** How far the operation may be sent again at all: `unsafe` for creations that have no name. */
  readonly retryClass: RetryClass;
  /** Whether the server may have acted on the request, so that sending it again may do its work twice. */
  readonly mayHaveArrived: boolean;
  /** What would happen without this policy: the wait in milliseconds, or `undefined` for passing the error on. */
  readonly defaultWaitMs: number | undefined;
}

/**
 * What a {@link RetryPolicy} decides: a wait in milliseconds before the request is sent again, or `undefined` to pass
 * the error on. A number alone never has the same work done twice: where that could happen, the error is passed on all
 * the same. `mayRepeat: true` says that it may happen.
 */
export type RetryDecision =
  number | { readonly waitMs: number; readonly mayRepeat: true } | undefined;

/**
 * Decides about every failed attempt in place of the usual policy. It is not bound by `attempts`, nor by the retry
 * budget, and is asked about failures that do not pass by themselves, too. Not asked about uploads from a web stream
 * and downloads, which cannot be repeated. What it throws goes to the subscriber.
 */
export type RetryPolicy = (failure: RetryFailure) => RetryDecision;
