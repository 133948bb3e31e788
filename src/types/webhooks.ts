/** A change of a job that a webhook can tell of. */
export type WebhookEvent =
  | 'extract.pending'
  | 'extract.success'
  | 'extract.error'
  | 'extract.partial_success'
  | 'extract.cancelled'
  | 'parse.pending'
  | 'parse.running'
  | 'parse.success'
  | 'parse.error'
  | 'parse.partial_success'
  | 'parse.cancelled'
  | 'classify.pending'
  | 'classify.success'
  | 'classify.error'
  | 'classify.partial_success'
  | 'classify.cancelled'
  | 'unmapped_event';

/** Where, and of what, the service reports by itself. */
export interface WebhookConfiguration {
  /** The address that gets a POST for each event. */
  readonly webhook_url?: string | null | undefined;
  /** Headers to send with each of them, such as a secret that proves the sender. */
  readonly webhook_headers?: Readonly<Record<string, string>> | null | undefined;
  /** The events to report. All of them when left out or `null`. */
  readonly webhook_events?: readonly WebhookEvent[] | null | undefined;
  /** `json`, or `string` for a body that is JSON within a JSON string. @defaultValue `'string'` */
  readonly webhook_output_format?: string | null | undefined;
}
