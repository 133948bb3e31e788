import { errors } from 'undici';
import { NetworkError, type NetworkErrorKind } from '../errors.ts';
import { proxyOf } from './proxyConnector.ts';

/** How far a request had come when it failed. */
export interface FailureContext {
  /** Names the operation. */
  readonly route: string;
  readonly origin: string;
  /** Whether the request may have reached the server. */
  readonly started: boolean;
  /** Whether the headers of an answer had come. */
  readonly answered: boolean;
}

/**
 * The `NetworkError` for what undici or a socket complained of; what is not the network's doing is given back as it
 * is.
 */
export function explainFailure(
  error: Error,
  { route, origin, started, answered }: FailureContext,
): Error {
  if (error instanceof errors.HTTPParserError) {
    // The bytes that came. A server that sends back what it is sent would put our credentials there.
    Reflect.deleteProperty(error, 'data');
  }
  const host = new URL(origin).host;
  const refusedBy = proxyStatus.exec(error.message)?.[1];
  if (refusedBy !== undefined) {
    const hint =
      refusedBy === '407'
        ? '. It wants credentials: give them in its URL, or to its dispatcher'
        : '';
    return new NetworkError(
      `${route}: the proxy answered ${refusedBy} and did not connect to ${host}${hint}`,
      {
        route,
        kind: 'connect',
        ambiguous: false,
        retryable: refusedBy.startsWith('5'),
        cause: error,
      },
    );
  }
  if (error instanceof errors.SocketError && error.message === 'bad response') {
    return new NetworkError(
      `${route}: ${host} sent "100 Continue", which was not asked for and which undici takes for a fault`,
      { route, kind: 'protocol', code: error.code, ambiguous: true, cause: error },
    );
  }
  // A body that fails to be read brings its own error, which is not the network's.
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const kind = kindOf(error, code, started, answered);
  if (kind === undefined) {
    return error;
  }
  const proxy = proxyOf(error) ?? (error.cause instanceof Error ? proxyOf(error.cause) : undefined);
  const what = {
    connect: `could not connect to ${proxy === undefined ? host : `the proxy ${proxy}`}`,
    tls: `${host} did not prove who it is`,
    timeout: answered ? 'the answer stopped coming' : 'no answer in time',
    closed: `${host} closed the connection without an answer`,
    truncated: 'the answer broke off',
    protocol: `${host} sent what is not HTTP`,
  }[kind];
  return new NetworkError(`${route}: ${what}${code === undefined ? '' : ` (${code})`}`, {
    route,
    kind,
    code,
    ambiguous: started,
    retryable: kind !== 'tls' && kind !== 'protocol',
    cause: error,
  });
}

/** How undici's proxies put it that they were refused, with a tunnel and without. */
const proxyStatus = /^Proxy (?:response|Authentication Required) \((\d{3})\)/;
const certificateCode =
  /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO$|UND_ERR_PRX_TLS$)/;
const socketCode = /^(E[A-Z]+|EAI_[A-Z]+|UND_ERR_(SOCKET|ABORTED|INFO|CLOSED|DESTROYED|PRX_CONN))$/;

function kindOf(
  { name, message }: Error,
  code: string | undefined,
  started: boolean,
  answered: boolean,
): Exclude<NetworkErrorKind, 'shutdown'> | undefined {
  if (name === 'HTTPParserError' || code === 'UND_ERR_HEADERS_OVERFLOW') {
    // llhttp sees a connection that ends in the middle as broken syntax.
    return answered || message.includes('EOF') ? 'truncated' : 'protocol';
  }
  if (code === undefined) {
    return undefined;
  }
  if (certificateCode.test(code)) {
    return 'tls';
  }
  if (/TIMEOUT$|ETIMEDOUT/.test(code)) {
    return started ? 'timeout' : 'connect';
  }
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
    return 'truncated';
  }
  if (socketCode.test(code)) {
    return started ? (answered ? 'truncated' : 'closed') : 'connect';
  }
  return undefined;
}
