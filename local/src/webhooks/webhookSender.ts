import type { Database } from '../store/openDatabase.ts';
import {
  deleteWebhookDelivery,
  nextWebhookDelivery,
  nextWebhookTime,
  postponeWebhookDelivery,
  type WebhookDelivery,
} from '../store/webhookDeliveries.ts';
import type { StorageGate } from '../work/storageGate.ts';
import { createWorkQueue } from '../work/workQueue.ts';

/** How patient the cloud is with webhooks. */
export interface WebhookPatience {
  /** Time before the second try, in milliseconds; it doubles with each further one. @defaultValue 1_000 */
  readonly backoffMs?: number | undefined;
  /** Time that a webhook has to answer, in milliseconds. @defaultValue 30_000 */
  readonly timeoutMs?: number | undefined;
}

/** Delivers the messages to webhooks. */
export interface WebhookSender {
  /** Looks for messages; to be called whenever there may be new ones. */
  wake(): void;
}

/** What {@link createWebhookSender} works with. */
export interface WebhookSenderConfig {
  readonly database: Database;
  readonly patience: WebhookPatience | undefined;
  readonly gate: StorageGate;
  /** Aborted when the cloud closes. What is not delivered then is so after the next start. */
  readonly closing: AbortSignal;
  readonly background: (work: Promise<unknown>) => void;
}

const mostAttempts = 3;
const longestBackoff = 60_000;
const atOnce = 16;
/** A webhook that does not answer must not keep the others waiting. */
const atOnceToOne = 4;

/**
 * Creates the sender. The queue is the database: a message leaves it when the webhook has
 * answered with a status of 2xx, or has failed to three times. Redirections count as failures.
 *
 * A process that is killed in the middle of a call makes it again: a webhook can tell by the event's
 * id. Messages are sent several at once, and may arrive in another order than they came up.
 */
export function createWebhookSender(config: WebhookSenderConfig): WebhookSender {
  const { database, closing } = config;
  const { backoffMs = 1_000, timeoutMs = 30_000 } = config.patience ?? {};
  const underWay = new Map<number, string>();
  let alarm: NodeJS.Timeout | undefined;

  const queue = createWorkQueue<WebhookDelivery, string | undefined>({
    ...config,
    atOnce,
    take() {
      clearTimeout(alarm);
      const delivery = nextWebhookDelivery(database, underWay.keys(), busy());
      if (delivery === undefined) {
        const next = nextWebhookTime(database);
        if (next !== undefined) {
          const wait = Math.min(next - Date.now(), longestBackoff);
          alarm = setTimeout(() => queue.wake(), wait).unref();
        }
      } else {
        underWay.set(delivery.seq, delivery.url);
      }
      return delivery;
    },
    work: call,
    finish(delivery, failure) {
      if (failure === undefined) {
        deleteWebhookDelivery(database, delivery.seq);
      } else {
        retry(delivery, failure);
      }
    },
    letGo: ({ seq }) => underWay.delete(seq),
  });

  /** The addresses that have as many calls to answer as they may. */
  const busy = (): string[] => {
    const urls = [...underWay.values()];
    return [...new Set(urls)].filter(
      (url) => urls.filter((each) => each === url).length >= atOnceToOne,
    );
  };

  /** Resolves to why the webhook has not taken the message, or to `undefined` when it has. */
  async function call({ url, headers, body }: WebhookDelivery): Promise<string | undefined> {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
        body,
        redirect: 'manual',
        signal: AbortSignal.any([closing, timeout]),
      });
      await response.body?.cancel();
      return response.ok ? undefined : `it answered ${response.status}`;
    } catch (cause) {
      return timeout.aborted ? `it did not answer within ${timeoutMs / 1_000} s` : reasonOf(cause);
    }
  }

  const retry = ({ seq, url, attempts }: WebhookDelivery, failure: string): void => {
    if (attempts + 1 < mostAttempts) {
      postponeWebhookDelivery(database, seq, Math.min(backoffMs * 2 ** attempts, longestBackoff));
      return;
    }
    deleteWebhookDelivery(database, seq);
    // A query may hold a secret.
    const [address] = url.split('?');
    process.stderr.write(
      `The webhook ${address} was not told of an event after ${mostAttempts} tries: ${failure}.\n`,
    );
  };

  return queue;
}

/** `fetch` hides what has happened behind "fetch failed". */
function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message : String(inner);
}
