import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { LlmConfig } from '../../src/agent/llmConfig.ts';
import { ModelError } from '../../src/split/askModel.ts';
import { classifyWithModel } from '../../src/split/classifyWithModel.ts';
import { labelPages } from '../../src/split/labelPages.ts';

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

const request = z.object({
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  tools: z.array(z.object({ function: z.object({ name: z.string() }) })),
});

/** What a stand-in for a model's server says: an argument of the function it was offered, or text. */
type Reply = { readonly answer: object } | { readonly text: string } | { readonly status: number };

/** A server that speaks as `/chat/completions` does, and the material that it was shown. */
async function startModel(...replies: readonly Reply[]) {
  const shown: unknown[] = [];
  const server = createServer((incoming, outgoing) => {
    void text(incoming).then((body) => {
      const { messages, tools } = request.parse(JSON.parse(body));
      shown.push(JSON.parse(messages.at(-1)?.content ?? ''));
      const reply = replies[Math.min(shown.length, replies.length) - 1] ?? { status: 500 };
      if ('status' in reply) {
        outgoing.writeHead(reply.status).end('out of order');
        return;
      }
      const name = tools[0]?.function.name;
      const delta =
        'answer' in reply
          ? {
              tool_calls: [
                { id: 'c', function: { name, arguments: JSON.stringify(reply.answer) } },
              ],
            }
          : { content: reply.text };
      outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
      outgoing.write(`data: ${JSON.stringify({ choices: [{ delta }] })}\n\n`);
      outgoing.end(`data: ${JSON.stringify({ choices: [{ finish_reason: 'stop' }] })}\n\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const model: LlmConfig = { baseUrl: `http://127.0.0.1:${port ?? 0}/v1`, model: 'm-1' };
  return { model, shown };
}

const never = new AbortController().signal;
const categories = [{ name: 'a' }, { name: 'b', description: 'The second kind' }];
const page = (number: number, text = `Page ${number}`) => ({ number, text, layout: null });
const sure = (page: number, category: string | null) => ({ page, category, sure: 'high' });

describe('labelPages', () => {
  it('shows pages a dozen at a time and passes over those without text', async () => {
    const { model, shown } = await startModel(
      { answer: { pages: [sure(1, 'a')] } },
      { answer: { pages: [{ page: 14, category: null, sure: 'low' }] } },
    );
    const pages = Array.from({ length: 14 }, (_, at) => page(at + 1, at === 4 ? ' ' : undefined));

    const labels = await labelPages(pages, categories, model, never);

    expect(shown).toHaveLength(2);
    expect(shown[1]).toMatchObject({
      categories,
      pages: [{ page: 14, text: 'Page 14' }],
    });
    expect(labels[0]).toEqual({ category: 'a', probability: 0.95 });
    expect(labels[13]).toEqual({ category: null, probability: 0.6 });
    expect(labels[4]).toBeUndefined();
  });

  it('shows the top and the foot of a long page', async () => {
    const { model, shown } = await startModel({ answer: { pages: [] } });

    await labelPages([page(1, `first ${'x '.repeat(5_000)} last`)], categories, model, never);

    const [{ pages }] = z
      .tuple([z.object({ pages: z.array(z.object({ text: z.string() })) })])
      .parse(shown);
    expect(pages[0]?.text).toMatch(/^first .*…\n.* last$/s);
    expect(pages[0]?.text.length).toBeLessThan(2_000);
  });

  it('understands a model that writes JSON instead of calling the function', async () => {
    const text =
      'Here you are:\n```json\n{"pages":[{"page":1,"category":"b","sure":"medium"}]}\n```';
    const { model } = await startModel({ text });

    expect(await labelPages([page(1)], categories, model, never)).toEqual([
      { category: 'b', probability: 0.8 },
    ]);
  });

  it('fails with what went wrong', async () => {
    const { model } = await startModel({ status: 503 }, { text: 'I would rather not.' });

    await expect(labelPages([page(1)], categories, model, never)).rejects.toThrow(ModelError);
    await expect(labelPages([page(1)], categories, model, never)).rejects.toThrow(
      'The model m-1 gave no answer in the form of label_pages',
    );
  });
});

describe('classifyWithModel', () => {
  const document = [{ number: 1, text: 'Some text.', needsOcr: false }];
  const rules = [{ type: 'memo', description: 'Notes between offices' }];

  it('takes the judgement of the model', async () => {
    const answer = { type: 'memo', confidence: 0.7, reason: 'It is addressed to an office.' };
    const { model, shown } = await startModel({ answer });

    expect(await classifyWithModel(document, rules, {}, model, never)).toEqual(answer);
    expect(shown).toEqual([{ rules, document: 'Some text.' }]);
  });

  it('refuses a type that no rule has', async () => {
    const { model } = await startModel({ answer: { type: 'poem', confidence: 1, reason: '' } });

    await expect(classifyWithModel(document, rules, {}, model, never)).rejects.toThrow(
      'The model m-1 named "poem", which is no rule\'s type',
    );
  });

  it('asks nothing about a document without text', async () => {
    const { model, shown } = await startModel({ status: 500 });
    const scan = [{ number: 1, text: '', needsOcr: true }];

    expect(await classifyWithModel(scan, rules, {}, model, never)).toMatchObject({ type: null });
    expect(shown).toEqual([]);
  });
});
