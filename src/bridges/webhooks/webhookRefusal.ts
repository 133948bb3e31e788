/** What {@link WebhookRefusal.reason} can be. */
export type WebhookRefusalReason =
  | 'method'
  | 'read'
  | 'unreadable'
  | 'too-large'
  | 'header'
  | 'signature'
  | 'format'
  | 'time'
  | 'unobserved';

/** A request that was not taken for an event. Holds no secret, no signature and nothing of its body. */
export interface WebhookRefusal {
  /** What it was answered with. */
  readonly status: number;
  /**
   * Not a POST (`method`); something has read the body before (`read`); it broke off (`unreadable`) or is larger than
   * `maxBodyBytes` (`too-large`); a secret header (`header`) or the signature (`signature`) is missing or wrong; it is no
   * message of a webhook (`format`); its time is too far from this machine's (`time`); nobody is subscribed to `events`
   * (`unobserved`).
   */
  readonly reason: WebhookRefusalReason;
  /** The reason in words, with what to do. */
  readonly message: string;
}
