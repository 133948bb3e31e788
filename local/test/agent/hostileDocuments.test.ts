import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../src/startLocalCloud.ts';
import { createSession, takeTurn } from '../support/chat.ts';
import { builtIndex, createDirectory, createIndex, upload } from '../support/cloud.ts';
import { hostileDocuments } from '../support/hostileDocuments.ts';
import { longestStop } from '../support/longestStop.ts';

describe('a question about hostile documents', () => {
  let cloud: LocalCloud;
  let index: string;
  beforeAll(async () => {
    cloud = await startLocalCloud();
    const directory = await createDirectory(cloud, 'hostile');
    for (const [name, content] of Object.entries(hostileDocuments)) {
      await upload(cloud, directory, name, content);
    }
    index = (await builtIndex(cloud, (await createIndex(cloud, directory)).id)).id;
  });
  afterAll(() => cloud.close());

  it.each([
    ['for a figure', 'How much does the kettle hold?'],
    ['for a definition', 'What is a kettle?'],
    ['with abbreviations', 'When was the kettle in fig. 3 sold, etc. e.g. cf.?'],
    ['of one word over and over', `how much ${'what '.repeat(198)}`],
    ['of white space', `how${' '.repeat(990)}kettle`],
  ])('never stops the thread that serves requests for 100 ms: one %s', async (_, question) => {
    const { session_id } = await createSession(cloud);
    let last: unknown;
    const stop = await longestStop(async () => {
      last = (await takeTurn(cloud, session_id, [index], question)).at(-1)?.data;
    });

    expect(last).toMatchObject({ type: 'stop', is_error: false });
    expect(stop).toBeLessThan(100);
  });
});
