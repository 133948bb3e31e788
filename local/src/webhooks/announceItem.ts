import { createHmac, randomUUID } from 'node:crypto';
import type { BatchItemStatus } from '../../../src/types/batchItems.ts';
import type { BatchJobConfig } from '../../../src/types/batchJobs.ts';
import type { WebhookEvent } from '../../../src/types/webhooks.ts';
import type { Database } from '../store/openDatabase.ts';
import type { Row } from '../store/row.ts';
import { text } from '../store/row.ts';
import { insertWebhookDelivery } from '../store/webhookDeliveries.ts';
import { webhookTargets } from './webhookTargets.ts';

/** What a webhook is told of an item. */
export interface AnnouncedItem {
  /** The batch job that the item belongs to. */
  readonly jobId: string;
  /** The job that the item is by itself. */
  readonly parseJobId: string;
  readonly itemId: string;
  readonly itemName: string;
}

/** A row of `batch_items` as it is announced. */
export function announcedItem(row: Row): AnnouncedItem {
  return {
    jobId: text(row, 'job_id'),
    parseJobId: text(row, 'parse_job_id'),
    itemId: text(row, 'item_id'),
    itemName: text(row, 'item_name'),
  };
}

// A file that is skipped is not parsed at all, which none of the other events says.
const events: Readonly<Record<BatchItemStatus, WebhookEvent>> = {
  pending: 'parse.pending',
  processing: 'parse.running',
  completed: 'parse.success',
  failed: 'parse.error',
  cancelled: 'parse.cancelled',
  skipped: 'unmapped_event',
};

/**
 * Tells the webhooks of a job that an item has come into a state: puts a message for each that wants
 * to know of it into the queue. To be called within the transaction that changes the item, so that
 * neither is there without the other.
 */
export function announceItem(
  database: Database,
  config: BatchJobConfig,
  item: AnnouncedItem,
  status: BatchItemStatus,
  error: string | null = null,
): void {
  const type = events[status];
  const targets = webhookTargets(config).filter(
    ({ events: wanted }) => wanted === null || wanted.includes(type),
  );
  if (targets.length === 0) {
    return;
  }
  const id = randomUUID();
  const message = JSON.stringify({
    event_id: id,
    event_type: type,
    // In seconds, as the service has it.
    timestamp: Date.now() / 1_000,
    // The service documents the first two; the others tell the files of a batch apart.
    data: {
      id: item.parseJobId,
      job_id: item.parseJobId,
      batch_job_id: item.jobId,
      item_id: item.itemId,
      item_name: item.itemName,
      status,
      error_message: error,
    },
  });
  for (const { url, headers, asObject, signingSecret } of targets) {
    const body = asObject ? message : JSON.stringify(message);
    insertWebhookDelivery(database, {
      url,
      headers: [
        ...Object.entries(headers),
        ['content-type', 'application/json'],
        ['user-agent', 'llamaindex-webhook-service/1.0'],
        ['x-webhook-event-id', id],
        ['x-webhook-event-type', type],
        ...(signingSecret ? [signature(signingSecret, body)] : []),
      ],
      body,
    });
  }
}

/** The header that proves who wrote the body. */
function signature(secret: string, body: string): readonly [name: string, value: string] {
  return ['lc-signature', `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`];
}
