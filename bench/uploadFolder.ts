/**
 * How near an upload of many files comes to the server's rate limit, and how often it runs into it. The server is an
 * embedded cloud that lets through 15 requests a second.
 *
 *     node --conditions=@rx-llamacloud/source bench/uploadFolder.ts [files]
 */

import { subscribe } from 'node:diagnostics_channel';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filter, lastValueFrom } from 'rxjs';
import { connect, createDirectory, uploadFolder, type UploadFolderConfig } from 'rx-llamacloud';
import { startLocalCloud } from 'rx-llamacloud-local';

const files = Number(process.argv[2] ?? 500);
const perSecond = 15;

/** Every answer, seen where it comes in, so that those to attempts that were repeated count, too. */
let answers: { readonly at: number; readonly status: number }[] = [];
subscribe('undici:request:headers', (message) => {
  if (isHeaders(message)) {
    answers.push({ at: performance.now(), status: message.response.statusCode });
  }
});

function isHeaders(message: unknown): message is { response: { statusCode: number } } {
  return typeof message === 'object' && message !== null && 'response' in message;
}

/** Uploads the folder into a new directory, and again, and says how that went. */
async function measure(title: string, folder: string, config: UploadFolderConfig): Promise<void> {
  await using cloud = await startLocalCloud({ memory: true, rateLimit: { perSecond } });
  const connection = connect({ baseUrl: cloud.url, token: cloud.token });
  const { id } = await lastValueFrom(createDirectory(connection, { name: 'bench' }));
  console.log(title);
  for (const run of ['first', 'second']) {
    answers = [];
    const begun = performance.now();
    const events = uploadFolder(connection, id, folder, config);
    const summary = await lastValueFrom(events.pipe(filter((event) => event.type === 'summary')));
    const seconds = (performance.now() - begun) / 1_000;
    const refused = answers.filter(({ status }) => status === 429);
    const late = refused.filter(({ at }) => at - begun > 1_000);
    const { uploaded, skipped, failed } = summary;
    const share = (100 * uploaded) / (seconds * perSecond);
    console.log(
      `  ${run} run: ${uploaded} uploaded, ${skipped} skipped, ${failed} failed, ` +
        `${seconds.toFixed(1)} s, ${share.toFixed(1)} % of the limit, ` +
        `${refused.length} answers 429, ${late.length} of them after the first second`,
    );
  }
}

const folder = mkdtempSync(join(tmpdir(), 'bench-upload-'));
try {
  for (let n = 0; n < files; n += 1) {
    const part = join(folder, `part-${n % 10}`);
    mkdirSync(part, { recursive: true });
    writeFileSync(join(part, `report-${n}.md`), `Report ${n}.\n`.repeat(200));
  }
  await measure('14.5 requests a second, three at once', folder, {
    rateLimit: { count: 29, window: 2_000, burst: 3 },
  });
  await measure('15 in each second', folder, { rateLimit: { count: 15, window: 1_000 } });
  await measure('As the server lets through', folder, {});
} finally {
  rmSync(folder, { recursive: true });
}
