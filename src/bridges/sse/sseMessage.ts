/** One message of an event stream, as a Nest `@Sse` handler emits it too. */
export interface SseMessage {
  /** The content: JSON, unless the feed was told otherwise. */
  readonly data?: string;
  /** What a client that comes back names as `Last-Event-ID`. */
  readonly id?: string;
  /** The name that `addEventListener` knows it by; without one it is a `message`. */
  readonly type?: string;
  /** How long the client is to wait before it connects again, in milliseconds. */
  readonly retry?: number;
  /** Text that clients pass over; keeps the connection alive. */
  readonly comment?: string;
}

/** The message as it goes over the wire: what the HTML standard says in "Parsing an event stream". */
export function encodeMessage({ data, id, type, retry, comment }: SseMessage): string {
  return [
    comment === undefined ? '' : lines('', comment),
    type === undefined ? '' : `event: ${type}\n`,
    id === undefined ? '' : `id: ${id}\n`,
    retry === undefined ? '' : `retry: ${retry}\n`,
    data === undefined ? '' : lines('data', data),
    '\n',
  ].join('');
}

function lines(field: string, text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => `${field}: ${line}\n`)
    .join('');
}
