import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../../src/types/chat.ts';
import type { AgentTools } from '../../src/agent/agentTools.ts';
import type { LlmConfig } from '../../src/agent/llmConfig.ts';
import { llmAgent } from '../../src/agent/llmAgent.ts';
import { runTurn } from '../../src/agent/runTurn.ts';

const passage = {
  content: 'The kettle boils in 90 seconds.',
  file_id: 'f1',
  file_name: 'kettle.md',
  page_range_start: 2,
  page_range_end: 2,
  start_char: 10,
  end_char: 41,
  score: 1,
};

const tools: AgentTools = {
  retrieve: () => Promise.resolve([passage]),
  grep: () => Promise.reject(new Error('The pattern ran for more than 1 s')),
  read: ({ offset = 0, max_length = 4000 }) =>
    Promise.resolve(passage.content.slice(offset, offset + max_length)),
  pagesOf: () => ({ first: 2, last: 2 }),
};

/** What the model's server was sent. */
interface Sent {
  readonly messages: readonly { role: string; content: string; tool_calls?: unknown }[];
  readonly tools: readonly { function: { name: string } }[];
  readonly tool_choice: string;
  readonly stream: boolean;
  readonly model: string;
}

type Answer = (response: ServerResponse, sent: Sent, request: IncomingMessage) => void;

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

/** A model's server that gives one answer after the other, and the requests it has had. */
async function startModel(...answers: readonly Answer[]) {
  const requests: Sent[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const sent = JSON.parse(body) as Sent;
      requests.push(sent);
      const answer = answers[Math.min(requests.length, answers.length) - 1];
      response.setHeader('content-type', 'text/event-stream');
      answer?.(response, sent, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const model: LlmConfig = {
    baseUrl: `http://127.0.0.1:${port}/v1/`,
    model: 'm-1',
    apiKey: 'sk-canary',
  };
  return { model, requests };
}

const send = (response: ServerResponse, ...chunks: readonly object[]) =>
  chunks.forEach((chunk) => response.write(`data: ${JSON.stringify(chunk)}\n\n`));

const delta = (part: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta: part, finish_reason }],
});

/** Ends with the counts of tokens, as servers do when they are asked for them. */
const finish = (response: ServerResponse, reason: string) => {
  send(response, delta({}, reason), {
    choices: [],
    usage: { prompt_tokens: 40, completion_tokens: 5 },
  });
  response.end('data: [DONE]\n\n');
};

const answers =
  (...pieces: readonly string[]): Answer =>
  (response) => {
    // No role in the first piece, as some servers have it.
    pieces.forEach((content) => send(response, delta({ content })));
    finish(response, 'stop');
  };

const calls =
  (name: string, json: string): Answer =>
  (response) => {
    const half = Math.ceil(json.length / 2);
    const piece = (call: object) => delta({ tool_calls: [{ index: 0, ...call }] });
    send(
      response,
      piece({ id: 'c1', type: 'function', function: { name, arguments: json.slice(0, half) } }),
      piece({ function: { arguments: json.slice(half) } }),
    );
    finish(response, 'tool_calls');
  };

async function run(
  model: LlmConfig,
  history: readonly ChatEvent[] = [],
  signal = new AbortController().signal,
) {
  const turn = { question: 'How fast does the kettle boil?', history, tools, model, signal };
  const events: ChatEvent[] = [];
  for await (const event of runTurn((meter) => llmAgent(turn, meter), signal)) {
    events.push(event);
  }
  return events;
}

const stopOf = (events: readonly ChatEvent[]) => {
  const stop = events.at(-1);
  expect(events.filter(({ type }) => type === 'stop')).toHaveLength(1);
  return stop?.type === 'stop' ? stop : undefined;
};

describe('a turn with a language model', () => {
  it('calls the tools that the model asks for and streams its answer', async () => {
    const { model, requests } = await startModel(
      calls('retrieve', '{"query":"kettle boil","top_k":3}'),
      answers('It boils in ', '90 seconds. [1]'),
    );
    const events = await run(model);

    expect(events.map(({ type }) => type)).toEqual([
      'tool_call',
      'tool_result',
      'text_delta',
      'text_delta',
      'text',
      'stop',
    ]);
    expect(events[0]).toEqual({
      type: 'tool_call',
      call_id: 'c1',
      name: 'retrieve',
      arguments: { query: 'kettle boil', top_k: 3 },
    });
    expect(events[1]).toEqual({
      type: 'tool_result',
      call_id: 'c1',
      name: 'retrieve',
      result: [passage],
    });
    expect(events[4]).toEqual({ type: 'text', content: 'It boils in 90 seconds. [1]' });
    expect(stopOf(events)).toMatchObject({
      is_error: false,
      error: null,
      usage: { turns: 2, total_input_tokens: 80, total_output_tokens: 10 },
    });
    expect(requests[1]?.messages.at(-1)).toEqual({
      role: 'tool',
      tool_call_id: 'c1',
      content: JSON.stringify([passage]),
    });
  });

  it('offers the three tools and sends the conversation so far', async () => {
    const { model, requests } = await startModel(answers('Yes.'));
    await run(model, [
      { type: 'user_input', content: 'Is there a kettle?' },
      { type: 'thinking', content: 'Hm.' },
      { type: 'text', content: 'There is.' },
    ]);

    expect(requests[0]?.tools.map((tool) => tool.function.name)).toEqual([
      'retrieve',
      'grep',
      'read',
    ]);
    expect(requests[0]).toMatchObject({ model: 'm-1', stream: true, tool_choice: 'auto' });
    expect(requests[0]?.messages.slice(1)).toEqual([
      { role: 'user', content: 'Is there a kettle?' },
      { role: 'assistant', content: 'There is.' },
      { role: 'user', content: 'How fast does the kettle boil?' },
    ]);
  });

  it.each([
    ['retrieve', '{"top_k":3}', /Wrong arguments/],
    ['retrieve', 'not json', /Wrong arguments/],
    ['delete_all', '{}', /There is no tool delete_all/],
    ['grep', '{"file_id":"f1","pattern":"(a+)+b"}', /ran for more than 1 s/],
  ])('tells the model what went wrong with a call of %s with %s', async (name, json, why) => {
    const { model, requests } = await startModel(calls(name, json), answers('Sorry.'));
    const events = await run(model);

    expect(events[1]?.type).toBe('tool_result');
    expect(JSON.stringify(events[1])).toMatch(why);
    expect(requests[1]?.messages.at(-1)?.content).toMatch(why);
    expect(stopOf(events)?.is_error).toBe(false);
  });

  it('makes the model answer in the eighth round', async () => {
    const { model, requests } = await startModel((response, sent, request) =>
      (sent.tool_choice === 'none' ? answers('Enough.') : calls('read', '{"file_id":"f1"}'))(
        response,
        sent,
        request,
      ),
    );
    const events = await run(model);

    expect(requests).toHaveLength(8);
    expect(stopOf(events)?.usage.turns).toBe(8);
    expect(events.at(-2)).toEqual({ type: 'text', content: 'Enough.' });
  });

  it('shows the reasoning of models that stream it', async () => {
    const { model } = await startModel((response) => {
      send(response, delta({ reasoning_content: 'Let me ' }), delta({ reasoning_content: 'see.' }));
      send(response, delta({ content: 'Ninety.' }));
      finish(response, 'stop');
    });

    expect((await run(model)).slice(0, 5)).toEqual([
      { type: 'thinking_delta', content: 'Let me ' },
      { type: 'thinking_delta', content: 'see.' },
      { type: 'thinking', content: 'Let me see.' },
      { type: 'text_delta', content: 'Ninety.' },
      { type: 'text', content: 'Ninety.' },
    ]);
  });
});

describe('a language model that fails', () => {
  it.each<[string, Answer, RegExp]>([
    [
      'reports an error in mid-stream',
      (response) => {
        send(response, delta({ content: 'It ' }));
        send(response, { error: { message: 'out of memory, key sk-canary' } });
        response.end();
      },
      /m-1 failed: out of memory/,
    ],
    [
      'breaks off',
      (response) => {
        send(response, delta({ content: 'It ' }));
        response.end();
      },
      /broke off before its answer was complete/,
    ],
    [
      'cuts the connection',
      (response) => {
        send(response, delta({ content: 'It ' }));
        setImmediate(() => response.destroy());
      },
      /connection to the model m-1 at 127\.0\.0\.1:\d+ failed/,
    ],
    [
      'refuses',
      (response) => {
        response.writeHead(401).end('Incorrect API key provided: sk-canary');
      },
      /status 401: Incorrect API key provided: \[key\]/,
    ],
    [
      'sends something else',
      (response) => {
        response.end('data: [1]\n\n');
      },
      /not a completion chunk/,
    ],
  ])('ends the turn with an error when it %s', async (_, answer, message) => {
    const { model } = await startModel(answer);
    const events = await run(model);
    const stop = stopOf(events);

    expect(stop?.is_error).toBe(true);
    expect(stop?.error).toMatch(message);
    expect(JSON.stringify(events)).not.toContain('sk-canary');
  });

  it('ends the turn when it is silent for too long', async () => {
    const { model } = await startModel((response) => response.flushHeaders());

    expect(stopOf(await run({ ...model, silence: 30 }))?.error).toBe(
      'The model m-1 was silent for 30 ms',
    );
  });

  it('ends the turn when nobody listens at its address', async () => {
    const model = { baseUrl: 'http://127.0.0.1:9/v1', model: 'm-1' };

    expect(stopOf(await run(model))?.error).toMatch(/127\.0\.0\.1:9 failed/);
  });

  it('is left when the turn is cancelled', async () => {
    const controller = new AbortController();
    const { model } = await startModel((response) => {
      send(response, delta({ content: 'It ' }));
      setImmediate(() => controller.abort(new Error('The session was deleted')));
    });
    const stop = stopOf(await run(model, [], controller.signal));

    expect(stop).toMatchObject({ is_error: true, error: 'The session was deleted' });
  });
});
