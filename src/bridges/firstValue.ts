import { type Observable, take } from 'rxjs';
import { type DefaultValueConfig, settle, type ValueConfig } from './settle.ts';
import { checkKind } from '../checks/checkKind.ts';

/**
 * Subscribes, and resolves to the stream's first value; then unsubscribes. rxjs's `firstValueFrom` with a signal.
 *
 * Rejects with the stream's error, with the signal's reason once that is aborted, and with rxjs's `EmptyError` when the
 * stream completes without a value and there is no `defaultValue`.
 *
 * @example
 * ```ts
 * const job = await firstValue(getSheetsJob(connection, jobId), { signal: AbortSignal.timeout(5_000) });
 * ```
 */
export function firstValue<T, D>(
  source: Observable<T>,
  config: DefaultValueConfig<D>,
): Promise<T | D>;
export function firstValue<T>(source: Observable<T>, config?: ValueConfig): Promise<T>;
export function firstValue<T, D>(
  source: Observable<T>,
  config: ValueConfig | DefaultValueConfig<D> = {},
): Promise<T | D> {
  checkKind('firstValue: source', source, 'observable');
  checkKind('firstValue: config', config, 'object');
  return settle(source.pipe(take(1)), config);
}
