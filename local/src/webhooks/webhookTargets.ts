import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { BatchJobConfig } from '../../../src/types/batchJobs.ts';
import type { WebhookConfiguration } from '../../../src/types/webhooks.ts';

/** An address that is told of the items of a job. */
export interface WebhookTarget {
  /** Where the job's settings name it. */
  readonly place: readonly (string | number)[];
  readonly url: string;
  /** Headers of the client's own. */
  readonly headers: Readonly<Record<string, string>>;
  /** The events to tell of; `null` for all. */
  readonly events: (WebhookConfiguration['webhook_events'] & {}) | null;
  /** Whether the body is an object, and not that object as text within a JSON string. */
  readonly asObject: boolean;
  /** What messages are signed with; none or an empty one for not at all. */
  readonly signingSecret: string | null | undefined;
}

/** The addresses that a job names. A classify job cannot name any. */
export function webhookTargets(config: BatchJobConfig): readonly WebhookTarget[] {
  if ('rules' in config) {
    return [];
  }
  const { webhook_url, webhook_configurations } = config.parameters ?? {};
  const plain = [
    targetAt(['webhook_url'], { webhook_url: config.webhook_url }),
    targetAt(['parameters', 'webhook_url'], { webhook_url }),
  ].flat();
  // Both fields mean the same; one address in both is told once.
  const distinct = plain.filter(
    ({ url }, at) => plain.findIndex((each) => each.url === url) === at,
  );
  const configured = (webhook_configurations ?? []).flatMap((each, at) =>
    targetAt(['parameters', 'webhook_configurations', at, 'webhook_url'], each),
  );
  return [...distinct, ...configured];
}

function targetAt(
  place: readonly (string | number)[],
  configuration: WebhookConfiguration,
): WebhookTarget[] {
  const { webhook_url: url, webhook_headers, webhook_events } = configuration;
  return url == null || url === ''
    ? []
    : [
        {
          place,
          url,
          headers: webhook_headers ?? {},
          events: webhook_events ?? null,
          asObject: configuration.webhook_output_format === 'json',
          signingSecret: configuration.webhook_signing_secret,
        },
      ];
}

/** Headers that say how a message is transported, which is not for a client to decide. */
const reserved: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** Why the address cannot be called, as a sentence; `undefined` when it can. */
export function webhookRefusal({ url, headers }: WebhookTarget): string | undefined {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    return `A webhook is called by http or https, not at "${url}"`;
  }
  if (parsed.username !== '' || parsed.password !== '') {
    return 'A webhook_url holds no user and no password: put them into webhook_headers';
  }
  for (const [name, value] of Object.entries(headers)) {
    if (reserved.has(name.toLowerCase())) {
      return `The header ${name} cannot be set for a webhook`;
    }
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      return `The header ${JSON.stringify(name)} of webhook_headers has a name or a value that HTTP does not allow`;
    }
  }
  return undefined;
}
