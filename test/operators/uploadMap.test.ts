import { describe, expect, it } from 'vitest';
import {
  uploadMap,
  type UploadMapConfig,
  type UploadTotals,
} from '../../src/operators/uploadMap.ts';
import type { UploadEvent } from '../../src/types/uploadEvent.ts';
import { marbles } from '../support/marbles.ts';
import { httpError } from '../support/overload.ts';

const events: Record<string, UploadEvent<string>> = {
  p: { type: 'progress', loaded: 5, total: 9 },
  q: { type: 'progress', loaded: 9, total: 9 },
  u: { type: 'uploaded', file: 'f' },
};
const none: UploadTotals<string> = { uploaded: 0, failures: [], bytes: 0, bytesPerSecond: 0 };
const broken = new Error('broken');

describe('uploadMap', () => {
  marbles(
    'adds up what the uploads emit, as its docs draw it',
    ({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const source = cold('      (ab|)');
      const uploads: Record<string, ReturnType<typeof cold<UploadEvent<string>>>> = {
        a: cold('                p-u|', events),
        b: cold('                ---#', events, broken),
      };
      const expected = '         x-y(z|)';
      const subs = '             ^--!';
      const x = { ...none, bytes: 5 };
      const y = { ...x, uploaded: 1, bytesPerSecond: 2_500 };
      const z = { ...y, failures: [{ item: 'b', error: broken }], bytesPerSecond: 5_000 / 3 };

      const result = source.pipe(
        uploadMap((item) => uploads[item] ?? cold('|', events), { scheduler }),
      );
      expectObservable(result).toBe(expected, { x, y, z });
      expectSubscriptions(uploads.a?.subscriptions ?? []).toBe(subs);
      expectSubscriptions(uploads.b?.subscriptions ?? []).toBe(subs);
    },
  );

  marbles('takes bytes back that are sent again', ({ cold, expectObservable }, scheduler) => {
    const upload = cold('(qpqu|)', events);
    const result = cold('(a|)').pipe(uploadMap(() => upload, { scheduler }));
    expectObservable(result).toBe('(qpqu|)', {
      q: { ...none, bytes: 9 },
      p: { ...none, bytes: 5 },
      u: { ...none, bytes: 9, uploaded: 1 },
    });
  });

  marbles(
    'begins no more than the set number at once',
    ({ cold, expectSubscriptions, expectObservable }, scheduler) => {
      const upload = cold('-----(u|)', events);
      const expected = '   -----(xy)-(z|)';
      const subs = ['      ^----!', '^----!', '-----^----!'];
      const result = cold('(abc|)').pipe(uploadMap(() => upload, { concurrency: 2, scheduler }));
      expectObservable(result).toBe(expected, {
        x: { ...none, uploaded: 1 },
        y: { ...none, uploaded: 2 },
        z: { ...none, uploaded: 3 },
      });
      expectSubscriptions(upload.subscriptions).toBe(subs);
    },
  );

  marbles(
    'is silent with a silent source and empty with an empty one',
    ({ cold, expectObservable }) => {
      expectObservable(cold('-').pipe(uploadMap(() => cold('|', events)))).toBe('-');
      expectObservable(cold('-|').pipe(uploadMap(() => cold('|', events)))).toBe('-|');
    },
  );

  marbles('passes an error of the source on', ({ cold, expectObservable }) => {
    expectObservable(cold('--#').pipe(uploadMap(() => cold('|', events)))).toBe('--#');
  });

  marbles(
    'aborts every upload under way when unsubscribed',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('(ab)---');
      const upload = cold<UploadEvent<string>>('-');
      const unsub = '      ^--!';
      expectObservable(source.pipe(uploadMap(() => upload)), unsub).toBe('-');
      expectSubscriptions(source.subscriptions).toBe(unsub);
      expectSubscriptions(upload.subscriptions).toBe([unsub, unsub]);
    },
  );

  marbles('counts for each subscription alone', ({ cold, expectObservable }, scheduler) => {
    const result = cold('(a|)').pipe(uploadMap(() => cold('(u|)', events), { scheduler }));
    const x = { ...none, uploaded: 1 };
    expectObservable(result).toBe('(x|)', { x });
    expectObservable(result, '--^').toBe('--(x|)', { x });
  });

  marbles(
    'takes a project that throws for a failed upload',
    ({ cold, expectObservable }, scheduler) => {
      const result = cold('(a|)').pipe(
        uploadMap(
          () => {
            throw broken;
          },
          { scheduler },
        ),
      );
      expectObservable(result).toBe('(x|)', {
        x: { ...none, failures: [{ item: 'a', error: broken }] },
      });
    },
  );

  marbles(
    'holds the other uploads back when the server asks for a pause',
    ({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const busy = httpError(429, 10);
      const uploads = [cold('-#', events, busy), cold('u|', events)];
      const config = { concurrency: 1, scheduler };
      const result = cold('(ab|)').pipe(uploadMap((_, at) => uploads[at] ?? cold('|'), config));
      const x = { ...none, failures: [{ item: 'a', error: busy }] };
      expectObservable(result).toBe('-x 9ms y|', { x, y: { ...x, uploaded: 1 } });
      expectSubscriptions(uploads[1]?.subscriptions ?? []).toBe('11ms ^!');
    },
  );

  it('refuses when called what cannot be meant', () => {
    const refused = (config: UploadMapConfig) => () =>
      uploadMap(() => expect.unreachable(), config);
    expect(refused({ concurrency: 0 })).toThrow(
      new RangeError('uploadMap: concurrency must be at least 1, got 0'),
    );
    expect(refused({ rateLimit: { count: 0, window: 1 } })).toThrow(RangeError);
  });
});
