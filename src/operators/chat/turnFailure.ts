import type { StopEvent } from '../../types/chat.ts';
import { textOf } from '../../types/textOf.ts';
import { givenReason } from '../../types/givenReason.ts';

/** Why a turn failed, which may be ''; `undefined` for one that did not. A `stop` that only gives a reason has failed. */
export function turnFailure({ is_error, error }: Partial<StopEvent>): string | undefined {
  const reason = givenReason(error);
  const failed = typeof is_error === 'boolean' ? is_error : /^(?:true|1)$/i.test(textOf(is_error));
  return failed || (typeof is_error !== 'boolean' && reason !== undefined)
    ? (reason ?? '')
    : undefined;
}
