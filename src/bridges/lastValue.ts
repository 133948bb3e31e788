import { type Observable, takeLast } from 'rxjs';
import { type DefaultValueConfig, settle, type ValueConfig } from './settle.ts';
import { checkKind } from '../checks/checkKind.ts';

/**
 * Subscribes, and resolves to the stream's last value when the stream completes. rxjs's `lastValueFrom` with a signal.
 *
 * Rejects with the stream's error, with the signal's reason once that is aborted, and with rxjs's `EmptyError` when the
 * stream completes without a value and there is no `defaultValue`.
 *
 * @example The job as it ended
 * ```ts
 * const job = await lastValue(watchSheetsJob(connection, jobId), { signal: AbortSignal.timeout(60_000) });
 * ```
 */
export function lastValue<T, D>(
  source: Observable<T>,
  config: DefaultValueConfig<D>,
): Promise<T | D>;
export function lastValue<T>(source: Observable<T>, config?: ValueConfig): Promise<T>;
export function lastValue<T, D>(
  source: Observable<T>,
  config: ValueConfig | DefaultValueConfig<D> = {},
): Promise<T | D> {
  checkKind('lastValue: source', source, 'observable');
  checkKind('lastValue: config', config, 'object');
  return settle(source.pipe(takeLast(1)), config);
}
