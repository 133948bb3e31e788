/** Faults that leave the real answer as it is but for one thing. */

import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { brokenChat } from './brokenChat.ts';
import type { ChatFault, DripFault, PageFault } from './fault.ts';
import type { FaultedRequest } from './faultedRequest.ts';
import { bodyOf, headOf, sendStream, sendWhole } from './faultedRequest.ts';

/** Sends the body in small pieces, with time between them. */
export async function drip(fault: DripFault, faulted: FaultedRequest): Promise<void> {
  const response = await faulted.answer();
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bodyOf(response)) {
      for (let start = 0; start < chunk.length; start += fault.drip) {
        yield chunk.subarray(start, start + fault.drip);
        await wait(fault.every, undefined, { signal: faulted.gone });
      }
    }
  }
  await sendStream(faulted, headOf(response), pieces());
}

/** Announces more bytes than are sent, or fewer. */
export async function alterLength(difference: number, faulted: FaultedRequest): Promise<void> {
  const response = await faulted.answer();
  const { status, headers } = headOf(response);
  const body = await response.bytes();
  const announced = String(Math.max(0, body.length + difference));
  // The connection ends with the body: what is missing never comes, what is too much is no answer.
  const lie = { ...headers, 'content-length': announced, connection: 'close' };
  sendWhole(faulted, { status, headers: lie }, body);
}

/** Sends the first half of the body as if it were all of it. */
export async function sendCutJson(faulted: FaultedRequest): Promise<void> {
  const response = await faulted.answer();
  const { status, headers } = headOf(response);
  const body = await response.bytes();
  const half = body.subarray(0, Math.floor(body.length / 2));
  sendWhole(faulted, { status, headers: { ...headers, 'content-length': half.length } }, half);
}

/** Adds so many bytes of headers, one KiB in each. */
export async function swell(bytes: number, faulted: FaultedRequest): Promise<void> {
  const response = await faulted.answer();
  const { status, headers } = headOf(response);
  const swollen = { ...headers };
  for (let left = bytes; left > 0; left -= 1024) {
    swollen[`x-filler-${left}`] = 'x'.repeat(Math.min(left, 1024));
  }
  sendWhole(faulted, { status, headers: swollen }, await response.bytes());
}

/** Makes a page of a list lead nowhere. */
export async function alterPage(fault: PageFault['page'], faulted: FaultedRequest): Promise<void> {
  const asked = await askedToken(faulted.request);
  const response = await faulted.answer();
  const { status, headers } = headOf(response);
  const page: unknown = await response.json();
  // An invented token would be refused by the list itself.
  const next = asked ?? tokenIn(page, 'next_page_token');
  const isPage = typeof page === 'object' && next !== undefined;
  const changed =
    fault === 'empty' ? { items: [], next_page_token: next } : { next_page_token: next };
  const body = JSON.stringify(isPage ? { ...page, ...changed } : page);
  const length = { 'content-length': Buffer.byteLength(body) };
  sendWhole(faulted, { status, headers: { ...headers, ...length } }, body);
}

/** The page token that a request asks with, in its query or its JSON body. */
async function askedToken(request: Request): Promise<string | undefined> {
  const inQuery = new URL(request.url).searchParams.get('page_token');
  if (inQuery !== null || request.method === 'GET') {
    return inQuery ?? undefined;
  }
  try {
    return tokenIn(await request.clone().json(), 'page_token');
  } catch {
    // Not JSON: the operation itself has a word for that.
    return undefined;
  }
}

function tokenIn(value: unknown, name: 'page_token' | 'next_page_token'): string | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const token: unknown = Reflect.get(value, name);
  return typeof token === 'string' ? token : undefined;
}

/** Breaks a stream of chat events; each piece is sent by itself. */
export async function breakChat(fault: ChatFault['chat'], faulted: FaultedRequest): Promise<void> {
  const response = await faulted.answer();
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for await (const piece of brokenChat(bodyOf(response), fault)) {
      yield piece;
      await turn();
    }
  }
  await sendStream(faulted, headOf(response), pieces());
}
