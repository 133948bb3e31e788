import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lastValueFrom, map, range, ReplaySubject, timer, zipWith } from 'rxjs';
import { beforeAll, describe, expect } from 'vitest';
import { toSse } from '../../src/bridges/toSse.ts';
import type { BatchJob, BatchJobProgress } from '../../src/types/batchJobs.ts';
import { bundle } from './bundle.ts';
import { inChromium } from './chromium.ts';

const total = 40;

/** A job that has come so far, as `watchBatchJob` tells of it. */
function progressAt(processed_items: number): BatchJobProgress {
  const status = processed_items === total ? 'completed' : 'running';
  const counts = { total_items: total, processed_items, failed_items: 0, skipped_items: 0 };
  const job = { id: 'bjb-1', status, ...counts } as BatchJob;
  return { job, progress_percentage: (100 * processed_items) / total };
}

/** Draws the progress and keeps what it was told, over reloads too. */
const script = `
  import { batchProgress, fromSse } from 'rx-llamacloud/operators';
  import { tap } from 'rxjs';
  const log = JSON.parse(sessionStorage.log ?? '[]');
  const note = (entry) => { log.push(entry); sessionStorage.log = JSON.stringify(log); };
  fromSse('/feed', {
    interval: { min: 20, max: 100 },
    connectionObserver: { next: ({ type, missed }) => note(type === 'gap' ? { type, missed } : type) },
  }).pipe(tap(({ job }) => note(job.processed_items)), batchProgress()).subscribe({
    next: ({ percent }) => { document.title = percent + ' %'; },
    complete: () => note('complete'),
    error: (error) => note(String(error)),
  });
`;

describe('a page with fromSse', () => {
  let page = '';
  beforeAll(async () => {
    page = `<!doctype html><meta charset="utf-8"><title>0 %</title><script type="module">${(await bundle(script)).replaceAll('</script', '<\\/script')}</script>`;
  });

  /** Serves the page, and the job from its beginning on, at a port that stays the same. */
  async function serve(jobs: ReplaySubject<BatchJobProgress>, port = 0) {
    const feed = toSse(jobs, { shared: true, linger: 5_000 });
    const server = createServer((request, response) => {
      if (request.url === '/feed') {
        feed.handle(request, response);
      } else {
        response.writeHead(200, { 'content-type': 'text/html' }).end(page);
      }
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    const stop = async (): Promise<void> => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    };
    return { port: (server.address() as AddressInfo).port, server, stop };
  }

  inChromium(
    'misses nothing of a job over broken connections, a reload and a restart',
    async (browser) => {
      const jobs = new ReplaySubject<BatchJobProgress>(total + 1);
      const first = await serve(jobs);
      const tab = await browser.newPage();
      const problems: string[] = [];
      tab.on('pageerror', (error) => problems.push(String(error)));
      const log = async (): Promise<unknown[]> =>
        JSON.parse(await tab.evaluate(() => sessionStorage.getItem('log') ?? '[]')) as unknown[];
      const numbers = async (): Promise<unknown[]> =>
        (await log()).filter((each) => typeof each === 'number');
      const push = (from: number, to: number): Promise<unknown> =>
        lastValueFrom(
          range(from, to - from).pipe(
            zipWith(timer(0, 2)),
            map(([processed]) => jobs.next(progressAt(processed))),
          ),
        );
      const upTo = (end: number): number[] => Array.from({ length: end }, (_, at) => at);

      await tab.goto(`http://127.0.0.1:${first.port}/`);
      await push(0, 10);
      await expect.poll(numbers).toEqual(upTo(10));

      // The connection breaks, and what comes meanwhile is kept.
      first.server.closeAllConnections();
      await push(10, 20);
      await expect.poll(numbers).toEqual(upTo(20));
      expect(await log()).toContain('waiting');

      // A page that is loaded again knows nothing, and is told all.
      await tab.reload();
      await expect.poll(async () => (await numbers()).length).toBe(40);
      expect((await numbers()).slice(20)).toEqual(upTo(20));
      expect(await tab.title()).toBe('47.5 %');

      // A server that is restarted has another run of the source, and says so.
      await first.stop();
      const second = await serve(jobs, first.port);
      await push(20, total + 1);
      jobs.complete();
      await expect.poll(async () => (await log()).at(-1)).toBe('complete');
      expect(await log()).toContainEqual({ type: 'gap', missed: null });
      expect((await numbers()).slice(40)).toEqual(upTo(total + 1));
      expect(await tab.title()).toBe('100 %');
      expect(problems).toEqual([]);
      await second.stop();
    },
  );
});
