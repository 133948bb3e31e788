import { defaultIfEmpty, Observable, takeUntil, throwIfEmpty } from 'rxjs';

/** What `firstValue` and `lastValue` accept. */
export interface ValueConfig {
  /** Unsubscribes and rejects with the signal's reason. One that is aborted already keeps from subscribing. */
  readonly signal?: AbortSignal | undefined;
}

/** What `firstValue` and `lastValue` accept where a stream without a value is not a failure. */
export interface DefaultValueConfig<D> extends ValueConfig {
  /** What the promise resolves to when the stream completes without a value. May be `undefined`. */
  readonly defaultValue: D;
}

/** The promise of the one value that `single` emits at most. */
export function settle<T, D>(
  single: Observable<T>,
  config: ValueConfig | DefaultValueConfig<D>,
): Promise<T | D> {
  const { signal } = config;
  const filled: Observable<T | D> =
    'defaultValue' in config
      ? single.pipe(defaultIfEmpty(config.defaultValue))
      : single.pipe(throwIfEmpty());
  const watched = signal ? filled.pipe(takeUntil(aborted(signal))) : filled;
  return new Promise((resolve, reject) => {
    watched.subscribe({ next: resolve, error: reject });
  });
}

/** Never emits; errors with the signal's reason when the signal is aborted, at once where it is already. */
function aborted(signal: AbortSignal): Observable<never> {
  return new Observable((subscriber) => {
    const abort = (): void => subscriber.error(signal.reason);
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort);
    subscriber.add(() => signal.removeEventListener('abort', abort));
  });
}
