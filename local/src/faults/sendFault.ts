import { alterLength, alterPage, breakChat, drip, sendCutJson, swell } from './alterAnswer.ts';
import { resetConnection, stallConnection } from './cutConnection.ts';
import type { BodyFault, Fault, RedirectFault, StatusFault } from './fault.ts';
import type { FaultedRequest } from './faultedRequest.ts';
import { sendWhole } from './faultedRequest.ts';
import { sendEncoded } from './sendEncoded.ts';

/** Path that redirects to itself, for clients that are sent round in circles. */
export const loopPath = '/faults/loop';

/** Answers the request with the fault in the answer. */
export async function sendFault(fault: Fault, faulted: FaultedRequest): Promise<void> {
  if ('carriedOut' in fault && fault.carriedOut === true && !needsAnswer(fault)) {
    await (await faulted.answer()).arrayBuffer();
  }
  if ('reset' in fault) {
    await resetConnection(fault.reset, faulted);
  } else if ('stall' in fault) {
    await stallConnection(fault.stall, faulted);
  } else if ('drip' in fault) {
    await drip(fault, faulted);
  } else if ('contentLength' in fault) {
    await alterLength(fault.contentLength, faulted);
  } else if ('body' in fault) {
    await sendBody(fault.body, faulted);
  } else if ('encoding' in fault) {
    await sendEncoded(fault, faulted);
  } else if ('redirect' in fault) {
    redirect(fault, faulted);
  } else if ('headerBytes' in fault) {
    await swell(fault.headerBytes, faulted);
  } else if ('page' in fault) {
    await alterPage(fault.page, faulted);
  } else if ('chat' in fault) {
    await breakChat(fault.chat, faulted);
  } else {
    refuse(fault, faulted);
  }
}

/** Whether what is sent is made of the real answer, so that the operation is carried out anyway. */
function needsAnswer(fault: Fault): boolean {
  const place = 'reset' in fault ? fault.reset : 'stall' in fault ? fault.stall : undefined;
  return typeof place === 'number' || ('body' in fault && fault.body === 'cut-json');
}

function refuse(fault: StatusFault, faulted: FaultedRequest): void {
  const { status, detail = `A fault that was asked for: status ${status}` } = fault;
  const headers = {
    'content-type': 'application/json',
    ...retryAfter(fault),
    ...fault.headers,
  };
  sendWhole(faulted, { status, headers }, JSON.stringify({ detail }));
}

function retryAfter({ retryAfter, retryAfterForm = 'seconds' }: StatusFault): object {
  if (retryAfter === undefined) {
    return {};
  }
  const then = new Date(Date.now() + retryAfter * 1_000);
  switch (retryAfterForm) {
    case 'seconds':
      return { 'retry-after': String(retryAfter) };
    case 'date':
      return { 'retry-after': then.toUTCString() };
    case 'asctime':
      return { 'retry-after': asctime(then) };
    case 'ms':
      return { 'retry-after-ms': String(retryAfter * 1_000) };
  }
}

/** The third date format of RFC 9110, section 5.6.7: `Sun Nov  6 08:49:37 1994`, always in UTC. */
function asctime(date: Date): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = date.toUTCString().split(' ');
  return `${weekday.slice(0, 3)} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`;
}

function redirect(
  { redirect: target, status = 307 }: RedirectFault,
  faulted: FaultedRequest,
): void {
  const { host, port } = new URL(`http://${faulted.incoming.headers.host ?? 'localhost'}`);
  const other = host.startsWith('localhost') ? '127.0.0.1' : 'localhost';
  const location =
    target === 'loop'
      ? loopPath
      : target === 'other-origin'
        ? `http://${other}:${port}${faulted.incoming.url ?? '/'}`
        : target;
  sendWhole(faulted, { status, headers: { location } });
}

async function sendBody(body: BodyFault['body'], faulted: FaultedRequest): Promise<void> {
  const json = { status: 200, headers: { 'content-type': 'application/json' } };
  switch (body) {
    case 'cut-json':
      await sendCutJson(faulted);
      return;
    case 'html':
      sendWhole(
        faulted,
        { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } },
        '<!doctype html><html><head><title>Sign in to the network</title></head></html>',
      );
      return;
    case 'empty':
      sendWhole(faulted, json);
      return;
    case 'deep-json':
      sendWhole(faulted, json, `${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  }
}
