import type { ActivityHub } from './activityHub.ts';
import type { Lifetime } from './lifetime.ts';

/** What is to be known of a connection where one of its calls has failed. */
export interface FailurePlace {
  readonly hub: ActivityHub;
  readonly lifetime: Lifetime;
}

const places = new WeakMap<Error, FailurePlace>();

/** Notes on which connection a call has failed, for those who have its error and not the connection. */
export function noteFailure(error: Error, place: FailurePlace): void {
  places.set(error, place);
}

/** The connection on which a call failed with this error; `undefined` for an error that no call has made. */
export function failedOn(error: Error): FailurePlace | undefined {
  return places.get(error);
}
