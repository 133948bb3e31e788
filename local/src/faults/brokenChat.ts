import type { ChatFault } from './fault.ts';

/** The bytes of a chat stream with `fault` in them, in the chunks in which they are to be sent. */
export async function* brokenChat(
  body: AsyncIterable<Uint8Array>,
  fault: ChatFault['chat'],
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  if (fault === 'bad-json') {
    yield encoder.encode('event: message\ndata: {"type": "text", "content": \n\n');
  }
  if (fault === 'unknown-type') {
    yield encoder.encode('event: message\ndata: {"type": "weather", "content": "fair"}\n\n');
  }
  for await (const event of eventsOf(body)) {
    const isStop = /^data: .*"type":"stop"/m.test(event);
    if (isStop && fault === 'end-before-stop') {
      return;
    }
    if (isStop && fault === 'unended-event') {
      yield encoder.encode(event.trimEnd());
      return;
    }
    const bytes = encoder.encode(event);
    if (fault === 'split-bytes') {
      for (const byte of bytes) {
        yield Uint8Array.of(byte);
      }
    } else {
      yield bytes;
    }
  }
  if (fault === 'more-after-stop') {
    yield encoder.encode('event: delta\ndata: {"type": "text_delta", "content": "more"}\n\n');
  }
}

/** The events of a stream as they were sent, each with the empty line that ends it. */
async function* eventsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      yield `${part}\n\n`;
    }
  }
  if (rest !== '') {
    yield rest;
  }
}
