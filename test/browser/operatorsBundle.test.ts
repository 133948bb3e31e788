import { gzipSync } from 'node:zlib';
import * as operators from 'rx-llamacloud/operators';
import { describe, expect, it } from 'vitest';
import { bundle } from './bundle.ts';

/** What is more than one operator's worth, in bytes: whole engines, and what parses an event stream. */
const larger: Readonly<Record<string, number>> = {
  fanOut: 3_400,
  fanOutFrom: 3_600,
  fromSse: 4_800,
  fuse: 6_000,
  mergeRanked: 7_600,
  normalizeLists: 4_900,
  rateLimit: 3_400,
  toUIMessageStream: 3_200,
  uploadMap: 3_600,
};

async function sizeOf(names: string): Promise<number> {
  const code = await bundle(`export ${names} from 'rx-llamacloud/operators';`, {
    external: ['rxjs'],
  });
  expect(code).not.toMatch(/\bnode:|undici|process\./);
  return gzipSync(code).byteLength;
}

describe('rx-llamacloud/operators', () => {
  it('needs nothing of Node, and is less than 19 kB of gzip beside rxjs', async () => {
    expect(await sizeOf('*')).toBeLessThan(19_000);
  });

  it.each(Object.keys(operators))(
    'gives %s alone for less than 3 kB, or what it may be',
    async (name) => {
      expect(await sizeOf(`{ ${name} }`)).toBeLessThan(larger[name] ?? 3_000);
    },
  );
});
