import { describe, expect, it } from 'vitest';
import { createStorageGate } from '../../src/work/storageGate.ts';

const full = (): Error => Object.assign(new Error('full'), { errcode: 13 });
const never = new AbortController().signal;

describe('a storage gate', () => {
  it('does the work again until storage takes it', async () => {
    const gate = createStorageGate({ firstMs: 1 });
    let tries = 0;
    const done = gate.run(() => {
      tries += 1;
      if (tries < 4) {
        throw full();
      }
      return 'done';
    }, never);
    await expect(done).resolves.toBe('done');
    expect(tries).toBe(4);
  });

  it('passes on at once what is not the doing of storage', async () => {
    const gate = createStorageGate({ firstMs: 60_000 });
    await expect(gate.run(() => Promise.reject(new Error('damaged')), never)).rejects.toThrow(
      'damaged',
    );
  });

  it('lets one work try at a time while storage fails', async () => {
    const gate = createStorageGate({ firstMs: 5, longestMs: 20 });
    const tried: number[] = [];
    let isFull = true;
    const works = Array.from({ length: 8 }, (_, i) =>
      gate.run(() => {
        tried.push(i);
        if (isFull) {
          throw full();
        }
        return i;
      }, never),
    );
    await expect.poll(() => tried.length).toBeGreaterThanOrEqual(3);
    expect(tried.length).toBeLessThan(8);
    isFull = false;
    expect(await Promise.all(works)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('ends a wait as soon as the work is called off', async () => {
    const gate = createStorageGate({ firstMs: 60_000 });
    const calledOff = new AbortController();
    const done = gate.run(() => {
      throw full();
    }, calledOff.signal);
    setTimeout(() => calledOff.abort(new Error('called off')), 5);
    await expect(done).rejects.toThrow('called off');
  });
});
