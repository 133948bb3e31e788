import type { IncomingMessage, ServerResponse } from 'node:http';
import { oneLine } from '../checks/oneLine.ts';
import { asyncScheduler, type Observable, type SchedulerLike, Subject } from 'rxjs';
import type { WebhookMessage } from '../types/webhooks.ts';
import { parseWebhook } from './webhooks/parseWebhook.ts';
import { readBody } from './webhooks/readBody.ts';
import { RecentIds } from './webhooks/recentIds.ts';
import { rawBody } from './webhooks/rawBody.ts';
import {
  headerFault,
  type HeaderReader,
  type SenderProof,
  signatureFault,
} from './webhooks/senderCheck.ts';
import type { WebhookRefusal, WebhookRefusalReason } from './webhooks/webhookRefusal.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What {@link fromWebhooks} accepts. At least one of `signingSecret` and `headers` is needed. */
export interface WebhooksConfig {
  /**
   * The `webhook_signing_secret` of the job. Several while one is being replaced by another: each of them is good
   * enough. @defaultValue messages need no signature
   */
  readonly signingSecret?: string | readonly string[] | undefined;
  /** The header with the signature. @defaultValue `'LC-Signature'` */
  readonly signatureHeader?: string | undefined;
  /** Headers with secrets in them, as they are in the job's `webhook_headers`. All are needed. @defaultValue none */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * How far the time of a message may be away from now, in milliseconds; older ones are taken for recordings that
   * somebody plays. @defaultValue `300_000`, five minutes
   */
  readonly tolerance?: number | undefined;
  /** Ids of events that are remembered, so that none is emitted twice. @defaultValue `10_000` */
  readonly remember?: number | undefined;
  /** Largest message, in bytes. @defaultValue `1_048_576` */
  readonly maxBodyBytes?: number | undefined;
  /** Tells the time. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/** A request, as far as it counts. */
interface Call {
  readonly method: string | undefined;
  readonly header: HeaderReader;
  readonly body: Buffer | AsyncIterable<Uint8Array> | null;
  /** Whether something else has read the body. */
  readonly isRead: boolean;
}

const statuses: Readonly<Record<WebhookRefusalReason, number>> = {
  method: 405,
  read: 500,
  unreadable: 400,
  'too-large': 413,
  header: 401,
  signature: 401,
  format: 400,
  time: 401,
  unobserved: 503,
};

/** A webhook as a stream. The functions need no `this`. */
export interface Webhooks {
  /** Emits the events as they come in. Hot: what comes before the subscription is not emitted. Does not end. */
  readonly events: Observable<WebhookMessage>;
  /** Emits why a request was not taken for an event, as it is refused. Hot, and does not end. */
  readonly refused: Observable<WebhookRefusal>;
  /** Answers a web request: Hono, Deno, Bun, Next and whatever speaks `fetch`. Never rejects. */
  readonly response: (request: Request) => Promise<Response>;
  /**
   * Answers a request of `node:http`, whose body nothing has read yet, or has kept as it came: `express.raw` in `body`, Nest
   * in `rawBody`, anything else as the third argument, as bytes or text.
   */
  readonly handle: (request: IncomingMessage, response: ServerResponse, rawBody?: unknown) => void;
}

/**
 * Receives webhooks as a stream of events. The address that answers with `response` or `handle` is the `webhook_url`
 * of jobs.
 *
 * An event is emitted when its sender has proved itself, the message is of the present and its id is new. Who sends
 * something else learns the status alone; `refused` tells the reason on this side:
 *
 * - 200: the event was emitted, now or before
 * - 400: this is no message of a webhook
 * - 401: the signature, a header or the time is wrong
 * - 405: not a POST
 * - 413: too large
 * - 500: something has read the body already, such as a body parser; the signature is over the bytes as they came
 * - 503: nobody is subscribed to `events`; the service will send it again
 *
 * The service sends events out of order, more than once or not at all when it cannot reach the address: take them as
 * a reason to look, as `pushOrPoll` does.
 *
 * @example
 * ```ts
 * const hook = fromWebhooks({ signingSecret: process.env.WEBHOOK_SECRET ?? '' });
 * hook.events.subscribe(({ event_type, data }) => console.log(event_type, data.job_id));
 * // app.post('/hook', ({ req }) => hook.response(req.raw));
 * ```
 *
 * @throws TypeError when called without a secret or with an empty one, and RangeError for a figure that is not positive.
 */
export function fromWebhooks(config: WebhooksConfig): Webhooks {
  checkKind('fromWebhooks: config', config, 'object');
  const { signingSecret = [], signatureHeader = 'LC-Signature', headers = {} } = config;
  const { tolerance = 300_000, remember = 10_000, maxBodyBytes = 1_048_576 } = config;
  const { scheduler = asyncScheduler } = config;
  const proof: SenderProof = {
    signingSecrets: typeof signingSecret === 'string' ? [signingSecret] : signingSecret,
    signatureHeader: signatureHeader.toLowerCase(),
    headers: Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  };
  const secrets = [...proof.signingSecrets, ...proof.headers.map(([, value]) => value)];
  if (secrets.length === 0 || secrets.includes('')) {
    throw new TypeError(
      'fromWebhooks: signingSecret or headers must hold a secret, else anybody can send events',
    );
  }
  for (const [name, value] of Object.entries({ tolerance, remember, maxBodyBytes })) {
    if (!(value > 0)) {
      throw new RangeError(`fromWebhooks: ${name} must be positive, got ${value}`);
    }
  }

  const events = new Subject<WebhookMessage>();
  const seen = new RecentIds(remember);

  const refusals = new Subject<WebhookRefusal>();
  const refuse = (reason: WebhookRefusalReason, message: string): number => {
    const status = statuses[reason];
    refusals.next({ status, reason, message });
    return status;
  };

  const statusOf = async ({ method = '', header, body, isRead }: Call): Promise<number> => {
    if (method !== 'POST') {
      return refuse('method', `it is a ${oneLine(method.slice(0, 20))} and not a POST`);
    }
    if (isRead && !Buffer.isBuffer(body)) {
      const what = 'something has read the body before, such as a JSON parser';
      return refuse(
        'read',
        `${what}; the signature is over the bytes as they came: keep this path out of it`,
      );
    }
    const wrongHeaders = headerFault(proof, header);
    if (wrongHeaders !== undefined) {
      return refuse('header', wrongHeaders);
    }
    let bytes: Buffer | undefined;
    try {
      bytes = Buffer.isBuffer(body) ? body : await readBody(body, maxBodyBytes);
    } catch {
      return refuse('unreadable', 'the body broke off');
    }
    if (bytes === undefined || bytes.byteLength > maxBodyBytes) {
      return refuse('too-large', `the body has more than ${maxBodyBytes} bytes (maxBodyBytes)`);
    }
    const wrongSignature = signatureFault(proof, header, bytes);
    if (wrongSignature !== undefined) {
      return refuse('signature', wrongSignature);
    }
    const message = parseWebhook(bytes);
    if (message === undefined) {
      return refuse('format', 'the body is no JSON with event_id, event_type, timestamp and data');
    }
    const late = scheduler.now() - message.timestamp * 1_000;
    if (Math.abs(late) > tolerance) {
      const apart = `${Math.round(Math.abs(late) / 1_000)} s ${late > 0 ? 'behind' : 'ahead of'} this machine's clock`;
      return refuse(
        'time',
        `the message is ${apart}, tolerance is ${tolerance} ms: is a clock wrong?`,
      );
    }
    if (!seen.has(message.event_id)) {
      if (!events.observed) {
        return refuse(
          'unobserved',
          'nobody is subscribed to events; the service will send it again',
        );
      }
      seen.add(message.event_id);
      events.next(message);
    }
    return 200;
  };

  return {
    events: events.asObservable(),
    refused: refusals.asObservable(),
    async response({ method, headers: given, body, bodyUsed: isRead }) {
      const header: HeaderReader = (name) => given.get(name);
      return new Response(null, { status: await statusOf({ method, header, body, isRead }) });
    },
    handle(request: IncomingMessage & { rawBody?: unknown; body?: unknown }, response, given) {
      const { method, readableDidRead: isRead } = request;
      const header: HeaderReader = (name) => request.headers[name]?.toString() ?? null;
      // What is too large is not read to its end, and the answer still has to get through.
      const body =
        rawBody(given, request.rawBody, request.body) ??
        request.iterator({ destroyOnReturn: false });
      void statusOf({ method, header, body, isRead }).then((status) => {
        response.writeHead(status, status === 413 ? { connection: 'close' } : {}).end();
      });
    },
  };
}
