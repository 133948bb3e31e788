import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { Site } from './server.ts';

/** Milliseconds that a slow reader rests after each piece of a body. */
const REST = 1;

/**
 * Takes files for any directory and keeps none. Knobs:
 *
 * - `perSecond`: lets through no more in any second and answers 429 to the rest; `GET /refused` tells how many since it
 *   was last asked
 * - `digest`: answers with the SHA-256 of the file that came, as the `file_id`
 * - `slow`: rests after each piece of such a file
 */
export const uploads: Site = (knobs) => {
  const limit = rateLimit(Number(knobs.get('perSecond') ?? Infinity));
  const read = knobs.has('digest') ? digest : drain;
  const rest = knobs.has('slow') ? REST : 0;
  return (request, response) => {
    const answer = (status: number, body: object): void => {
      const text = JSON.stringify(body);
      response.writeHead(status, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
        ...(status === 429 && { 'retry-after': '1' }),
      });
      response.end(text);
    };
    if (request.url === '/refused') {
      answer(200, { refused: limit.takeRefused() });
    } else if (limit.lets()) {
      void read(request, rest).then((file_id) => answer(200, { ...file, file_id }));
    } else {
      request.resume();
      answer(429, { detail: 'Rate limit exceeded' });
    }
  };
};

const file = {
  id: 'dfl-9e107d9d-372b-4a9d-9b51-6a2f3d0c1b7e',
  project_id: '0a3c1a52-60a3-4f4a-8f2f-6a8f9a1f7c20',
  directory_id: 'dir-4f9d2c0e-0b6a-4f0e-9f3b-6d9f3b1f0a11',
  unique_id: 'reports/2026/quarterly.pdf',
  display_name: 'quarterly.pdf',
  metadata: {},
  created_at: '2026-05-20T10:00:00.000000Z',
  updated_at: '2026-05-20T10:00:00.000000Z',
};

function rateLimit(perSecond: number): { lets(): boolean; takeRefused(): number } {
  /** When those of the last second came, oldest first. */
  const taken: number[] = [];
  let refused = 0;
  return {
    lets() {
      const now = performance.now();
      while ((taken[0] ?? now) <= now - 1_000) {
        taken.shift();
      }
      if (taken.length >= perSecond) {
        refused += 1;
        return false;
      }
      if (perSecond !== Infinity) {
        taken.push(now);
      }
      return true;
    },
    takeRefused() {
      const since = refused;
      refused = 0;
      return since;
    },
  };
}

async function drain(request: IncomingMessage): Promise<string> {
  request.resume();
  await once(request, 'end');
  return 'dfl-content';
}

/** The SHA-256 of the form's last part, which is the file. */
async function digest(request: IncomingMessage, rest: number): Promise<string> {
  const [, boundary = ''] = /boundary=(.+)$/.exec(request.headers['content-type'] ?? '') ?? [];
  const tail = boundary.length + '\r\n----\r\n'.length;
  const hash = createHash('sha256');
  let form = Buffer.alloc(0);
  let inFile = false;
  for await (const piece of request as AsyncIterable<Buffer>) {
    form = Buffer.concat([form, piece]);
    if (!inFile) {
      const begin = form.indexOf('\r\n\r\n', form.indexOf('; filename='));
      inFile = form.includes('; filename=') && begin >= 0;
      form = inFile ? form.subarray(begin + 4) : form;
    }
    if (inFile && form.byteLength > tail) {
      hash.update(form.subarray(0, -tail));
      form = form.subarray(-tail);
    }
    if (rest > 0) {
      await setTimeout(rest);
    }
  }
  return hash.digest('hex');
}
