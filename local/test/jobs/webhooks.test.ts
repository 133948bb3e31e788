import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Directory } from '../../../src/types/directories.ts';
import type { WebhookConfiguration } from '../../../src/types/webhooks.ts';
import { type LocalCloud, startLocalCloud } from '../../src/startLocalCloud.ts';
import {
  createDirectory,
  createJob,
  type Endpoint,
  finishedJob,
  getResults,
  listItems,
  send,
  until,
  upload,
} from '../support/cloud.ts';
import { startCloudProcess } from '../support/cloudProcess.ts';
import {
  type Call,
  messageOf,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../support/webhookReceiver.ts';

const collection = '/api/v1/beta/batch-processing';

let receiver: WebhookReceiver;
beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(() => receiver[Symbol.asyncDispose]());

/** The calls, once there are as many. */
function calls(count: number): Promise<readonly Call[]> {
  return until(
    () => Promise.resolve(receiver.calls),
    ({ length }) => length >= count,
  );
}

function createWebhookJob(
  cloud: Endpoint,
  directory: Directory,
  ...webhook_configurations: WebhookConfiguration[]
) {
  return createJob(cloud, {
    directory_id: directory.id,
    job_config: { parameters: { webhook_configurations } },
  });
}

describe('the webhooks of a batch job', () => {
  let cloud: LocalCloud;
  let directory: Directory;
  beforeEach(async () => {
    cloud = await startLocalCloud({ webhooks: { backoffMs: 40, timeoutMs: 500 } });
    directory = await createDirectory(cloud, 'Webhooks');
    await upload(cloud, directory, 'good.txt', 'Good text.');
  });
  afterEach(() => cloud.close());

  it('are told of each item as it waits, runs and succeeds or fails', async () => {
    await upload(cloud, directory, 'bad.pdf', '%PDF-1.7 and then nothing');
    const job = await createWebhookJob(cloud, directory, {
      webhook_url: `${receiver.url}/hook?a=1`,
      webhook_headers: { 'X-Secret': 'abc', 'User-Agent': 'mine' },
      webhook_output_format: 'json',
    });
    const messages = (await calls(6)).map(messageOf);

    const { items } = await listItems(cloud, job.id);
    const typesOf = (name: string) =>
      messages
        .filter(({ data }) => data.item_name === name)
        .map(({ event_type }) => event_type)
        .sort();
    expect(typesOf('good.txt')).toEqual(['parse.pending', 'parse.running', 'parse.success']);
    expect(typesOf('bad.pdf')).toEqual(['parse.error', 'parse.pending', 'parse.running']);
    expect(new Set(messages.map(({ event_id }) => event_id)).size).toBe(6);
    for (const { job_id, item_id } of items) {
      const own = messages.filter(({ data }) => data.item_id === item_id);
      expect(own.map(({ data }) => [data.id, data.job_id, data.batch_job_id])).toEqual(
        Array(3).fill([job_id, job_id, job.id]),
      );
    }
    const error = messages.find(({ event_type }) => event_type === 'parse.error');
    expect(error?.data.error_message).toContain('bad.pdf');
    expect(error?.timestamp).toBeCloseTo(Date.now() / 1_000, -2);

    const [first] = receiver.calls;
    expect(first?.path).toBe('/hook?a=1');
    expect(first?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'llamaindex-webhook-service/1.0',
      'x-secret': 'abc',
      'x-webhook-event-id': first && messageOf(first).event_id,
      'x-webhook-event-type': first && messageOf(first).event_type,
    });
    const results = await getResults(cloud, items[0]?.item_id ?? '');
    expect(results.processing_results?.[0]?.output_metadata).toMatchObject({ warnings: [] });
  });

  it('get JSON within a JSON string unless they ask otherwise, and only the events they want', async () => {
    const { id } = await createJob(cloud, {
      directory_id: directory.id,
      job_config: {
        webhook_url: `${receiver.url}/job`,
        parameters: {
          webhook_url: `${receiver.url}/parameters`,
          webhook_configurations: [
            { webhook_url: `${receiver.url}/one`, webhook_events: ['parse.success'] },
            { webhook_url: `${receiver.url}/none`, webhook_events: ['classify.success'] },
          ],
        },
      },
    });
    await finishedJob(cloud, id);
    const received = await calls(7);

    const types = received.map(({ path, body }) => {
      const message = JSON.parse(JSON.parse(body) as string) as { event_type: string };
      return `${path} ${message.event_type}`;
    });
    expect(types.sort()).toEqual([
      '/job parse.pending',
      '/job parse.running',
      '/job parse.success',
      '/one parse.success',
      '/parameters parse.pending',
      '/parameters parse.running',
      '/parameters parse.success',
    ]);
  });

  it('can tell by the signature who wrote the message, in either format', async () => {
    const hook = (path: string): WebhookConfiguration => ({
      webhook_url: receiver.url + path,
      webhook_events: ['parse.success'],
      webhook_signing_secret: 'key',
    });
    await createWebhookJob(
      cloud,
      directory,
      { ...hook('/string'), webhook_headers: { 'LC-Signature': 'mine' } },
      { ...hook('/json'), webhook_output_format: 'json' },
      { ...hook('/plain'), webhook_signing_secret: '' },
    );

    const received = await calls(3);

    const signatures = received.map(({ path, headers }) => [path, headers['lc-signature']]);
    const expected = received.map(({ path, body }) => {
      const digits = createHmac('sha256', 'key').update(body).digest('hex');
      return [path, path === '/plain' ? undefined : `sha256=${digits}`];
    });
    expect(signatures).toEqual(expected);
    expect(signatures.map(([path]) => path).sort()).toEqual(['/json', '/plain', '/string']);
  });

  it('are told that items were cancelled', async () => {
    await upload(cloud, directory, 'slow.html', '<p>a</p>'.repeat(2_000_000));
    for (const name of ['a', 'b', 'c', 'd']) {
      await upload(cloud, directory, `${name}.html`, `<p>${name}</p>`.repeat(2_000_000));
    }
    const webhook = {
      webhook_url: receiver.url,
      webhook_events: ['parse.cancelled', 'parse.success'] as const,
      webhook_output_format: 'json',
    };
    const job = await createWebhookJob(cloud, directory, webhook);
    await calls(1);
    await send(cloud, `POST ${collection}/${job.id}/cancel`, {});

    const [done, ...cancelled] = (await calls(6)).map(messageOf);
    expect(done).toMatchObject({ event_type: 'parse.success', data: { item_name: 'good.txt' } });
    expect(cancelled.map(({ event_type }) => event_type)).toEqual(Array(5).fill('parse.cancelled'));
  });

  it('that fail are tried three times with growing pauses, without holding the job up', async () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      await using other = await startWebhookReceiver();
      receiver.answer = ({ path }, response) => {
        if (!path.startsWith('/hangs')) {
          response.writeHead(path === '/moves' ? 307 : 500, { location: `${other.url}/moved` });
          response.end();
        }
      };
      const hook = (path: string): WebhookConfiguration => ({
        webhook_url: receiver.url + path,
        webhook_events: ['parse.success'],
      });
      const job = await createWebhookJob(
        cloud,
        directory,
        hook('/fails'),
        hook('/moves'),
        hook('/hangs?key=secret'),
      );
      expect((await finishedJob(cloud, job.id)).job.status).toBe('completed');

      await until(
        () => Promise.resolve(stderr.mock.calls.map(([text]) => String(text))),
        ({ length }) => length === 3,
      );
      for (const path of ['/fails', '/moves', '/hangs?key=secret']) {
        const own = receiver.calls.filter((call) => call.path === path);
        expect(own).toHaveLength(3);
        expect(new Set(own.map(({ headers }) => headers['x-webhook-event-id'])).size).toBe(1);
        const [first = 0, second = 0, third = 0] = own.map(({ at }) => at);
        expect(second - first).toBeGreaterThanOrEqual(35);
        expect(third - second).toBeGreaterThanOrEqual(75);
      }
      expect(other.calls).toEqual([]);
      const said = stderr.mock.calls.map(([text]) => String(text)).join('');
      expect(said).toContain(`${receiver.url}/fails was not told of an event after 3 tries`);
      expect(said).toContain('it answered 307');
      expect(said).toContain('it did not answer within 0.5 s');
      expect(said).not.toContain('secret');
    } finally {
      stderr.mockRestore();
    }
  });

  it.each([
    [{ webhook_url: 'ftp://127.0.0.1/x' }, 'by http or https'],
    [{ webhook_url: '/relative' }, 'by http or https'],
    [{ webhook_url: 'http://user:pass@127.0.0.1/' }, 'webhook_headers'],
    [{ webhook_url: 'http://127.0.0.1/', webhook_headers: { Host: 'a' } }, 'Host'],
    [{ webhook_url: 'http://127.0.0.1/', webhook_headers: { a: 'b\nc' } }, 'HTTP does not allow'],
  ])('that cannot be called are refused: %j', async (webhook, reason) => {
    const answer = await send(cloud, `POST ${collection}`, {
      directory_id: directory.id,
      job_config: { parameters: { webhook_configurations: [webhook] } },
    });

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      detail: [
        {
          loc: ['body', 'job_config', 'parameters', 'webhook_configurations', 0, 'webhook_url'],
          msg: expect.stringContaining(reason) as unknown,
        },
      ],
    });
  });
});

it('a message that a killed cloud had not delivered is delivered by the next one', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'webhooks-killed-'));
  try {
    receiver.answer = () => undefined;
    await using killed = await startCloudProcess(dataDir);
    const directory = await createDirectory(killed, 'Webhooks');
    await upload(killed, directory, 'good.txt', 'Good text.');
    const job = await createWebhookJob(killed, directory, {
      webhook_url: receiver.url,
      webhook_output_format: 'json',
    });
    await finishedJob(killed, job.id);
    const begun = (await calls(3)).map((call) => messageOf(call).event_id);
    await killed.end('SIGKILL');

    receiver.answer = (_call, response) => response.end();
    await using cloud = await startCloudProcess(dataDir);
    const ids = (await calls(6)).map((call) => messageOf(call).event_id);
    expect(ids.slice(3).sort()).toEqual(begun.sort());
    await cloud.end('SIGTERM');
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
