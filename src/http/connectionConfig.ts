import type { SchedulerLike } from 'rxjs';
import type { Dispatcher } from 'undici';
import type { ExtraHeaders } from './extraHeaders.ts';
import type { PresignedConfig } from './linkPolicy.ts';
import type { JsonReviver } from './reviveJson.ts';
import type { RetryConfig, RetryPolicy } from './retryPolicy.ts';
import type { TokenFunction } from './tokenSource.ts';

/** The addresses of LlamaCloud's regions. A token is good for one region only. */
export const regions = {
  na: 'https://api.cloud.llamaindex.ai',
  eu: 'https://api.cloud.eu.llamaindex.ai',
} as const;

/** How long to wait, in milliseconds, 24 days at most; `Infinity` for no limit. They may end up to a second late. */
export interface Timeouts {
  /** For a socket to be connected, TLS included. @defaultValue `10_000` */
  readonly connect?: number | undefined;
  /** From the end of the request to the headers of the answer. @defaultValue `60_000` */
  readonly headers?: number | undefined;
  /** Between two pieces of an answer's body, event streams included. @defaultValue `120_000` */
  readonly bodyGap?: number | undefined;
  /**
   * For a whole call: queueing, every attempt and the waits between them. Does not apply to event streams,
   * uploads and downloads, which may well take longer. @defaultValue `300_000`
   */
  readonly total?: number | undefined;
}

/** What `connect` accepts. All of it is optional where the environment says the rest. */
export interface ConnectionConfig {
  /**
   * The API key, or a function that gives it: called for each request when it is sent, and once more after a 401, when the
   * request is sent again if the key is another one. Requests that wait for a key at once share one call; it has no timeout
   * of its own. @defaultValue `LLAMA_CLOUD_API_KEY`, then `LLAMA_PARSE_API_KEY` of the environment
   */
  readonly token?: string | TokenFunction | undefined;
  /** A browser's `session` cookie, sent instead of a token. */
  readonly session?: string | undefined;
  /** Where the API is. @defaultValue `LLAMA_CLOUD_BASE_URL` of the environment, then the region's address */
  readonly baseUrl?: string | URL | undefined;
  /** @defaultValue `na` */
  readonly region?: keyof typeof regions | undefined;
  /**
   * Sent with every request to the API, for a gateway in front of it, and never to a presigned URL. Not for what the
   * connection sets itself, such as credentials. Values of 8 characters or more are taken out of errors. @defaultValue none
   */
  readonly headers?: ExtraHeaders | undefined;
  /** Sent with every request, unless a call names its own `project_id`. */
  readonly projectId?: string | undefined;
  /** Sent with every request, unless a call names its own `organization_id`. */
  readonly organizationId?: string | undefined;
  /** How many requests are under way at once; the others wait in line. @defaultValue `16` */
  readonly concurrency?: number | undefined;
  readonly timeouts?: Timeouts | undefined;
  /** How failures are met: the usual policy's figures, or a function that decides in its place. */
  readonly retry?: RetryConfig | RetryPolicy | undefined;
  /**
   * Whether to find out how many requests a second the server takes. There is no limit until the server refuses a
   * request for coming too early (429, or 503 with `Retry-After`); from then on requests are sent at a rate that
   * follows what the server takes. @defaultValue `true`
   */
  readonly adaptiveRate?: boolean | undefined;
  /** The largest answer to hold in memory, in bytes, after decompression. @defaultValue 64 MiB */
  readonly maxResponseBytes?: number | undefined;
  /**
   * Called for each value in the JSON of answers and events, as the second argument of `JSON.parse` is: what it returns
   * takes the value's place, and what it throws goes down the error channel. For integers beyond 2 ** 53, which lose
   * digits as numbers: `context.source` has them all. Costs two to four times as much as reading without one. Refusals
   * and webhooks are read without it. @defaultValue none
   */
  readonly reviver?: JsonReviver | undefined;
  /** Where presigned URLs may lead, beside that they are always https. @defaultValue anywhere */
  readonly presigned?: PresignedConfig | undefined;
  /**
   * Carries the requests: a dispatcher of undici 8, for instance its `ProxyAgent`. @defaultValue an own `Agent`, HTTP/1.1,
   * which goes through the proxies of the environment when Node was told so (`NODE_USE_ENV_PROXY`, `--use-env-proxy`)
   */
  readonly dispatcher?: Dispatcher | undefined;
  /** Times the waits between attempts. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}
