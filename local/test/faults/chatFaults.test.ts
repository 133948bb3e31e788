import { describe, expect, it } from 'vitest';
import { brokenChat } from '../../src/faults/brokenChat.ts';
import type { ChatFault } from '../../src/faults/fault.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { builtIndex, createDirectory, createIndex, send, upload } from '../support/cloud.ts';

const text = 'event: delta\ndata: {"type":"text_delta","content":"ü"}\n\n';
const stop = 'event: message\ndata: {"type":"stop","is_error":false}\n\n';

/** The whole stream in pieces of three bytes, which cut the letter in two. */
async function* stream(): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text + stop);
  for (let start = 0; start < bytes.length; start += 3) {
    yield await Promise.resolve(bytes.subarray(start, start + 3));
  }
}

async function broken(fault: ChatFault['chat']): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of brokenChat(stream(), fault)) {
    pieces.push(piece);
  }
  return pieces;
}

describe('a broken chat stream', () => {
  it.each([
    ['end-before-stop', text],
    ['unended-event', text + stop.trimEnd()],
    ['bad-json', `event: message\ndata: {"type": "text", "content": \n\n${text}${stop}`],
    [
      'unknown-type',
      `event: message\ndata: {"type": "weather", "content": "fair"}\n\n${text}${stop}`,
    ],
    ['split-bytes', text + stop],
    [
      'more-after-stop',
      `${text}${stop}event: delta\ndata: {"type": "text_delta", "content": "more"}\n\n`,
    ],
  ] as const)('with %s is exactly that', async (fault, expected) => {
    expect(Buffer.concat(await broken(fault)).toString()).toBe(expected);
  });

  it('is cut between any two bytes', async () => {
    const pieces = await broken('split-bytes');
    expect(new Set(pieces.map(({ length }) => length))).toEqual(new Set([1]));
  });

  it('goes over the socket, while the turn itself is whole', async () => {
    await using cloud = await startLocalCloud();
    const directory = await createDirectory(cloud, 'Notes');
    await upload(cloud, directory, 'sky.txt', 'The sky is blue because of scattering.');
    const index = await builtIndex(cloud, (await createIndex(cloud, directory)).id);
    const { session_id } = (await send(cloud, 'POST /api/v1/chat')).body as { session_id: string };

    cloud.faults.next('POST /api/v1/chat/{session_id}/messages/stream', {
      chat: 'end-before-stop',
    });
    const answer = await fetch(`${cloud.url}/api/v1/chat/${session_id}/messages/stream`, {
      method: 'POST',
      headers: { authorization: `Bearer ${cloud.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ index_ids: [index.id], prompt: 'Why is the sky blue?' }),
    });
    const sent = await answer.text();
    expect(sent).toContain('"type":"text"');
    expect(sent).not.toContain('"type":"stop"');
    const { body } = await send(cloud, `GET /api/v1/chat/${session_id}`);
    expect(JSON.stringify(body)).toContain('"type":"stop"');
  });
});
