import { createParser } from 'eventsource-parser';
import { z } from 'zod';
import type { LlmConfig } from './llmConfig.ts';
import { newCallId } from './newCallId.ts';

/** A tool call as the model writes it; `arguments` is JSON if the model kept to the format. */
export interface ModelToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** A message of the conversation with the model, in the form that `/chat/completions` takes. */
export type ModelMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | {
      readonly role: 'assistant';
      readonly content: string;
      readonly tool_calls?: readonly {
        readonly id: string;
        readonly type: 'function';
        readonly function: { readonly name: string; readonly arguments: string };
      }[];
    }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

/** What the model has said once its stream has ended. */
export interface Completion {
  readonly text: string;
  readonly toolCalls: readonly ModelToolCall[];
  /** `null` where the server does not count. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

/** A piece of what the model says: of its answer, or of its reasoning where it shows that. */
export interface CompletionDelta {
  readonly kind: 'text' | 'reasoning';
  readonly content: string;
}

/** The body of the request but for what {@link chatCompletion} adds. */
export interface CompletionRequest {
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly object[];
  readonly tool_choice: 'auto' | 'none';
}

// Servers leave out whatever is empty, the role of the first piece included.
const chunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z
          .object({
            content: z.string().nullish(),
            reasoning_content: z.string().nullish(),
            tool_calls: z
              .array(
                z.object({
                  index: z.int().optional(),
                  id: z.string().nullish(),
                  function: z
                    .object({ name: z.string().nullish(), arguments: z.string().nullish() })
                    .optional(),
                }),
              )
              .nullish(),
          })
          .nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
  usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int() }).nullish(),
  error: z.union([z.string(), z.object({ message: z.string() })]).nullish(),
});

type Chunk = z.infer<typeof chunk>;
type CallPiece = NonNullable<NonNullable<Chunk['choices'][number]['delta']>['tool_calls']>[number];

/** Characters that one event of the stream may hold. */
const largestEvent = 4 * 1024 * 1024;

/**
 * Asks the model once, streaming. Yields the pieces of what it says and returns the whole.
 *
 * Throws where the model refuses, is silent for too long, breaks off, or reports an error in
 * mid-stream; the key is never in the message.
 */
export async function* chatCompletion(
  config: LlmConfig,
  request: CompletionRequest,
  signal: AbortSignal,
): AsyncGenerator<CompletionDelta, Completion> {
  const calls: ModelToolCall[] = [];
  let text = '';
  let usage: Chunk['usage'];
  let finished = false;

  for await (const piece of chunks(config, request, signal)) {
    usage = piece.usage ?? usage;
    for (const { delta, finish_reason } of piece.choices.slice(0, 1)) {
      finished ||= finish_reason != null;
      if (delta?.reasoning_content) {
        yield { kind: 'reasoning', content: delta.reasoning_content };
      }
      if (delta?.content) {
        text += delta.content;
        yield { kind: 'text', content: delta.content };
      }
      delta?.tool_calls?.forEach((call, at) => addCallPiece(calls, call, at));
    }
  }
  if (!finished) {
    throw new Error(`The model ${config.model} broke off before its answer was complete`);
  }
  return {
    text,
    toolCalls: calls.filter(({ name }) => name !== ''),
    inputTokens: usage?.prompt_tokens ?? null,
    outputTokens: usage?.completion_tokens ?? null,
  };
}

/** A call arrives in pieces: its id and name first, then its arguments bit by bit. */
function addCallPiece(calls: ModelToolCall[], piece: CallPiece, at: number): void {
  // Without an index, a new id starts a new call, and a piece without one goes on with the last.
  const place = piece.index ?? (piece.id ? calls.length : Math.max(at, calls.length - 1));
  const { id, name, arguments: json } = calls[place] ?? { id: '', name: '', arguments: '' };
  calls[place] = {
    // Some servers give none.
    id: piece.id ?? (id === '' ? newCallId() : id),
    name: name + (piece.function?.name ?? ''),
    arguments: json + (piece.function?.arguments ?? ''),
  };
}

async function* chunks(
  config: LlmConfig,
  request: CompletionRequest,
  signal: AbortSignal,
): AsyncGenerator<Chunk, void> {
  const { model, apiKey, silence = 120_000 } = config;
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(), silence);
  const fail = (message: string) => new Error(withoutKey(message, apiKey));
  try {
    const response = await fetch(`${config.baseUrl.replace(/(?<!\/)\/+$/, '')}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify({
        model,
        ...request,
        stream: true,
        stream_options: { include_usage: true },
      }),
      signal: AbortSignal.any([signal, silent.signal]),
    });
    if (!response.ok || response.body === null) {
      const why = (await response.text()).slice(0, 300);
      throw fail(`The model ${model} answered with status ${response.status}: ${why}`);
    }
    const events: string[] = [];
    const parser = createParser({
      onEvent: ({ data }) => events.push(data),
      onError: ({ type, message }) => {
        // Lines that are no field are to be ignored, as the format says.
        if (type === 'max-buffer-size-exceeded') {
          throw fail(`The stream of the model ${model} is not readable: ${message}`);
        }
      },
      maxBufferSize: largestEvent,
    });
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const body: AsyncIterable<Uint8Array> = response.body;
    for await (const bytes of body) {
      timer.refresh();
      parser.feed(decoder.decode(bytes, { stream: true }));
      for (const data of events.splice(0)) {
        if (data === '[DONE]') {
          return;
        }
        const piece = readChunk(data, model);
        if (piece.error != null) {
          const { error } = piece;
          const why = typeof error === 'string' ? error : error.message;
          throw fail(`The model ${model} failed: ${why}`);
        }
        yield piece;
      }
    }
  } catch (cause) {
    signal.throwIfAborted();
    if (silent.signal.aborted) {
      throw new Error(`The model ${model} was silent for ${silence} ms`, { cause });
    }
    throw cause instanceof TypeError ? unreachable(config, cause) : cause;
  } finally {
    clearTimeout(timer);
  }
}

function readChunk(data: string, model: string): Chunk {
  const result = chunk.safeParse(parseJson(data));
  if (!result.success) {
    throw new Error(`The model ${model} sent an event that is not a completion chunk`);
  }
  return result.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `fetch` says no more than "fetch failed" or "terminated"; its cause has the code. */
function unreachable({ baseUrl, model }: LlmConfig, error: TypeError): Error {
  const code =
    error.cause instanceof Error && 'code' in error.cause
      ? String(error.cause.code)
      : error.message;
  const host = URL.canParse(baseUrl) ? new URL(baseUrl).host : 'OPENAI_BASE_URL, which is no URL';
  return new Error(`The connection to the model ${model} at ${host} failed: ${code}`, {
    cause: error,
  });
}

function withoutKey(text: string, key: string | undefined): string {
  return key === undefined || key === '' ? text : text.replaceAll(key, '[key]');
}
