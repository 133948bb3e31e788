import { isRecord } from '../../types/isRecord.ts';
import type { WebhookData, WebhookMessage } from '../../types/webhooks.ts';

/** Ids are remembered, and must not fill the memory by themselves. */
const longestId = 256;

/**
 * The message in a body: JSON, or JSON as text within a JSON string, which is what the service sends by default.
 * `undefined` when it is no message of a webhook.
 */
export function parseWebhook(body: Buffer): WebhookMessage | undefined {
  const text = body.toString('utf8');
  const outer = parse(text);
  const message = typeof outer === 'string' ? parse(outer) : outer;
  if (!isRecord(message)) {
    return undefined;
  }
  const { event_id, event_type, timestamp, data } = message;
  return isName(event_id) && isName(event_type) && Number.isFinite(timestamp) && isData(data)
    ? { event_id, event_type, timestamp: Number(timestamp), data }
    : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestId;
}

function isData(value: unknown): value is WebhookData {
  return isRecord(value) && [value.id, value.job_id].every(isTextOrNone);
}

function isTextOrNone(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
