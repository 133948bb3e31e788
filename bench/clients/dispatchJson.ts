import type { Dispatcher } from 'undici';

/** The JSON of one answer over undici's `dispatch`: the least that can be done. */
export function dispatchJson<T>(dispatcher: Dispatcher, origin: string, path: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    dispatcher.dispatch(
      { origin, path, method: 'GET' },
      {
        // undici wants both to be there.
        onRequestStart: () => undefined,
        onResponseStart: () => undefined,
        onResponseData(_, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')) as T);
        },
        onResponseError(_, error) {
          reject(error);
        },
      },
    );
  });
}
