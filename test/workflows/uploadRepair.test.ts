import { lastValueFrom } from 'rxjs';
import { connect, fanOutUpload } from 'rx-llamacloud';
import { startLocalCloud } from 'rx-llamacloud-local';
import { expect, it } from 'vitest';
import { filesOf, newDirectory, sha256 } from './support/uploads.ts';

/** Numbers that look random, the same in each run (Park and Miller, "minimal standard", 1988). */
function* numbers(seed: number): Generator<number, never> {
  for (let n = seed; ;) {
    n = (n * 48_271) % 2_147_483_647;
    yield n;
  }
}

it.each([1, 2, 3, 4])(
  'repairs whatever goes wrong between any two requests, seed %d',
  async (seed) => {
    await using cloud = await startLocalCloud({ memory: true });
    const connection = connect({ baseUrl: cloud.url, token: cloud.token });
    // Nothing is tried again, so that a run stops in many more places.
    const impatient = connect({ baseUrl: cloud.url, token: cloud.token, retry: { attempts: 1 } });
    const directoryId = await newDirectory(connection);
    const random = numbers(seed);
    const wanted = new Map(['a.md', 'b.md', 'c/d.md', 'c/e.md'].map((name) => [name, 'new']));
    const items = () =>
      Array.from(wanted, ([relativePath, content]) => ({
        ...{ relativePath, source: new TextEncoder().encode(content) },
      }));
    const ever = new Set<string>();

    for (let round = 0; round < 12; round += 1) {
      for (const name of wanted.keys()) {
        if (random.next().value % 2 === 0) {
          wanted.set(name, `version ${random.next().value % 3}`);
        }
      }
      const route = '* /api/v1/beta/directories/**';
      cloud.faults.add({ route, rate: 0.15, fault: { reset: 'before-headers', carriedOut: true } });
      cloud.faults.add({ route, rate: 0.15, fault: { status: 500 } });
      const run = fanOutUpload(impatient, directoryId, items(), { concurrency: 2 });
      await lastValueFrom(run).catch(() => 'the directory could not be listed');
      cloud.faults.clear();

      const ids = (await filesOf(connection, directoryId)).map(({ unique_id }) => unique_id);
      const present = new Set(ids.map((id) => id.replace(/\/\/.*$/, '')));
      expect([...ever].filter((name) => !present.has(name))).toEqual([]);
      present.forEach((name) => ever.add(name));
    }
    expect(ever.size).toBe(wanted.size);
    expect(cloud.faults.met).toBeGreaterThan(10);

    await lastValueFrom(fanOutUpload(connection, directoryId, items()));

    const files = await filesOf(connection, directoryId);
    expect(files.map(({ unique_id, metadata }) => [unique_id, metadata?.rx_sha256])).toEqual(
      Array.from(wanted, ([name, content]) => [name, sha256(content)]).sort(),
    );
    expect(await lastValueFrom(fanOutUpload(connection, directoryId, items()))).toMatchObject({
      ...{ skipped: wanted.size, bytes: 0 },
    });
  },
);
