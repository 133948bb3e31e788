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
  /**
   * A secret that the messages are signed with: the header `LC-Signature` is then `sha256=` and the HMAC-SHA256 of the
   * body in hexadecimal digits. Newer than the rest of this interface.
   */
  readonly webhook_signing_secret?: string | null | undefined;
}

/** What a webhook is sent. */
export interface WebhookMessage {
  /** The event's own id. An event that is sent again keeps it. */
  readonly event_id: string;
  /** What happened. There may be more kinds than are known here. */
  readonly event_type: WebhookEvent | (string & Record<never, never>);
  /** When it happened, in seconds since 1970, with a fraction. */
  readonly timestamp: number;
  /** What it happened to: the ids of the job, and more that depends on the kind. */
  readonly data: WebhookData;
}

/** What an event happened to. */
export interface WebhookData {
  /** The job's id. */
  readonly id?: string;
  /** The job's id, as the other endpoints name it. */
  readonly job_id?: string;
  readonly [field: string]: unknown;
}
