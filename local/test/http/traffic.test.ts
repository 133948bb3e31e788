import { describe, expect, it } from 'vitest';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { send } from '../support/cloud.ts';

const list = 'GET /api/v1/beta/directories';

describe('a rate limit', () => {
  it('refuses what is above it, and has room again as time passes', async () => {
    await using cloud = await startLocalCloud({ rateLimit: { perSecond: 0.5, burst: 2 } });
    const statuses = async (requests: number) => {
      const answers = [];
      for (let sent = 0; sent < requests; sent += 1) {
        answers.push((await send(cloud, list)).status);
      }
      return answers;
    };
    expect(await statuses(3)).toEqual([200, 200, 429]);
    cloud.clock.advance(2_000);
    expect(await statuses(2)).toEqual([200, 429]);
    cloud.clock.advance(3_600_000);
    expect(await statuses(3)).toEqual([200, 200, 429]);
  });

  it.each([
    ['seconds', /^2$/],
    [undefined, /^2$/],
    ['date', / GMT$/],
  ] as const)('says in %s when to come back', async (retryAfter, expected) => {
    await using cloud = await startLocalCloud({ rateLimit: { perSecond: 0.5, retryAfter } });
    await send(cloud, list);
    const { status, headers, body } = await send(cloud, list);
    expect(status).toBe(429);
    expect(headers.get('retry-after')).toMatch(expected);
    expect(body).toEqual({ detail: 'Rate limit of 0.5 requests a second exceeded' });
    if (retryAfter === 'date') {
      const wait = Date.parse(headers.get('retry-after') ?? '') - Date.now();
      expect(wait).toBeGreaterThan(1_000);
      expect(wait).toBeLessThanOrEqual(3_000);
    }
  });

  it('can keep that to itself', async () => {
    await using cloud = await startLocalCloud({
      rateLimit: { perSecond: 0.5, retryAfter: 'none' },
    });
    await send(cloud, list);
    const { status, headers } = await send(cloud, list);
    expect([status, headers.get('retry-after')]).toEqual([429, null]);
  });

  it('is not used up by requests with a wrong key', async () => {
    await using cloud = await startLocalCloud({ rateLimit: { perSecond: 0.001 } });
    expect((await send({ ...cloud, token: 'other' }, list)).status).toBe(401);
    expect((await send(cloud, list)).status).toBe(200);
  });

  it('must leave room for a request', async () => {
    await expect(startLocalCloud({ rateLimit: { perSecond: 0 } })).rejects.toThrow(RangeError);
    await expect(startLocalCloud({ rateLimit: { perSecond: 5, burst: 0 } })).rejects.toThrow(
      'burst of at least 1',
    );
  });
});

describe('latency', () => {
  it('lets every request wait', async () => {
    await using cloud = await startLocalCloud({ latency: 40 });
    const start = performance.now();
    await Promise.all([send(cloud, list), send(cloud, list)]);
    const took = performance.now() - start;
    expect(took).toBeGreaterThanOrEqual(39);
    await expect(startLocalCloud({ latency: -1 })).rejects.toThrow(RangeError);
  });
});
