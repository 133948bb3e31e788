import type { Database } from './openDatabase.ts';
import { number, text } from './row.ts';

/** Messages to webhooks that are not delivered yet. `due_at` is in milliseconds since 1970. */
export const webhookDeliveriesSchema = `
  CREATE TABLE IF NOT EXISTS webhook_deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    url TEXT NOT NULL,
    headers TEXT NOT NULL,
    body TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS webhook_deliveries_by_time ON webhook_deliveries (due_at);
`;

/** What goes to a webhook. Of headers with the same name the last counts. */
export interface WebhookMessage {
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** A message in the queue. */
export interface WebhookDelivery extends WebhookMessage {
  readonly seq: number;
  /** How often it was tried before. */
  readonly attempts: number;
}

/** Puts a message into the queue, due at once. */
export function insertWebhookDelivery({ sql }: Database, message: WebhookMessage): void {
  sql.run`
    INSERT INTO webhook_deliveries (url, headers, body, due_at)
    VALUES (${message.url}, ${JSON.stringify(message.headers)}, ${message.body}, ${Date.now()})`;
}

/** The message that is due for longest, but for those under way and those to `busy` addresses. */
export function nextWebhookDelivery(
  { sql }: Database,
  underWay: Iterable<number>,
  busy: readonly string[],
): WebhookDelivery | undefined {
  const row = sql.get`
    SELECT * FROM webhook_deliveries
    WHERE due_at <= ${Date.now()}
      AND seq NOT IN (SELECT value FROM json_each(${JSON.stringify([...underWay])}))
      AND url NOT IN (SELECT value FROM json_each(${JSON.stringify(busy)}))
    ORDER BY due_at, seq LIMIT 1`;
  return row === undefined
    ? undefined
    : {
        seq: number(row, 'seq'),
        url: text(row, 'url'),
        // Written by insertWebhookDelivery.
        headers: JSON.parse(text(row, 'headers')) as WebhookMessage['headers'],
        body: text(row, 'body'),
        attempts: number(row, 'attempts'),
      };
}

/** When the next message that is not due yet becomes so, in milliseconds since 1970. */
export function nextWebhookTime({ sql }: Database): number | undefined {
  const row = sql.get`
    SELECT due_at FROM webhook_deliveries WHERE due_at > ${Date.now()} ORDER BY due_at LIMIT 1`;
  return row === undefined ? undefined : number(row, 'due_at');
}

/** Notes a try that failed; the next one is due in `delayMs` milliseconds. */
export function postponeWebhookDelivery({ sql }: Database, seq: number, delayMs: number): void {
  sql.run`
    UPDATE webhook_deliveries SET attempts = attempts + 1, due_at = ${Date.now() + delayMs}
    WHERE seq = ${seq}`;
}

/** Takes a message out of the queue. */
export function deleteWebhookDelivery({ sql }: Database, seq: number): void {
  sql.run`DELETE FROM webhook_deliveries WHERE seq = ${seq}`;
}
