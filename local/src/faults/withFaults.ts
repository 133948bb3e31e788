import { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2Bindings, HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { KeyCheck } from '../http/keyCheck.ts';
import type { Fault } from './fault.ts';
import type { FaultRules } from './faultRules.ts';
import { parseFault } from './faultSchema.ts';
import { loopPath, sendFault } from './sendFault.ts';

/** Answers a request that came over a socket. */
export type Answerer = (
  request: Request,
  bindings: HttpBindings | Http2Bindings,
) => Response | Promise<Response>;

/**
 * As `answer`, but with the faults of the rules and of the header `x-fault` in its answers. Of who does not bear the key
 * nothing is obeyed, and rules are not used up by him; links that need no key are under the rules alone.
 */
export function withFaults(
  answer: Answerer,
  rules: FaultRules,
  bearsKey: KeyCheck,
  closing: AbortSignal,
): Answerer {
  return function answerWithFaults(request, bindings) {
    const { incoming, outgoing } = bindings;
    if (!(incoming instanceof IncomingMessage && outgoing instanceof ServerResponse)) {
      throw new TypeError('Faults are for HTTP/1.1 only');
    }
    let fault: Fault | undefined;
    try {
      fault = faultOf(rules, incoming, bearsKey);
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      return Response.json({ detail }, { status: 400 });
    }
    if (fault === undefined) {
      return answer(request, bindings);
    }
    const left = new AbortController();
    outgoing.once('close', () => left.abort());
    return sendFault(fault, {
      incoming,
      outgoing,
      request,
      answer: async () => answer(request, bindings),
      gone: AbortSignal.any([left.signal, closing]),
    }).then(
      () => RESPONSE_ALREADY_SENT,
      (cause: unknown) => {
        // A client that leaves in the middle of a fault is what faults are for.
        if (!left.signal.aborted && !closing.aborted) {
          const why = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
          process.stderr.write(`The fault ${JSON.stringify(fault)} could not be sent: ${why}\n`);
        }
        outgoing.destroy();
        return RESPONSE_ALREADY_SENT;
      },
    );
  };
}

function faultOf(
  rules: FaultRules,
  { method = '', url = '/', headers }: IncomingMessage,
  bearsKey: KeyCheck,
): Fault | undefined {
  const path = url.split('?')[0] ?? '/';
  if (!bearsKey(headers.authorization)) {
    return path.startsWith('/api/') ? undefined : rules.take(method, path);
  }
  const header = headers['x-fault'];
  if (header !== undefined) {
    return parseFault(jsonOf(String(header)), 'x-fault');
  }
  return path === loopPath ? { redirect: 'loop' } : rules.take(method, path);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TypeError(`x-fault: expected JSON such as {"status":503}, not ${text}`, { cause });
  }
}
