import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../../src/types/chat.ts';
import type { AgentTools } from '../../src/agent/agentTools.ts';
import { extractiveAgent } from '../../src/agent/extractiveAgent.ts';
import { runTurn } from '../../src/agent/runTurn.ts';
import { indexedTools } from '../support/indexedTools.ts';

// Pages as long as real ones, since passages take several short pages together.
const more =
  'Every appliance of this house is made to be opened and mended by its owner. Spare parts stay on sale for twenty years, and the drawings are free for anyone to copy. Shops that mend them are listed at the back of this book, with the hours at which they are open and the languages that are spoken there. Please write to us when an address is out of date.\n';

const kettles = {
  'kettles.md': [
    '# Kettles\n\nThe K2 kettle holds 1.7 litres of water. It was first sold in March 2021, in Oslo.\n\n' +
      `## Boiling\n\nA full K2 boils in 240 seconds, because its coil draws 3 kilowatts. This makes it faster than the K1.\n\n${more}`,
    '# Care\n\nDescale the kettle every 6 weeks with citric acid. Never use salt, as it corrodes the coil.\n\n' +
      `| Part | Price |\n|---|---|\n| Lid | 12 euros |\n| Filter | 4 euros |\n\n${more}`,
  ],
  'toasters.md': [
    `# Toasters\n\nThe T5 toaster browns bread evenly. Its designer, Ingrid Solberg, worked on it for two years, and on the kettle too.\n\n${more}`,
  ],
};

async function ask(
  tools: AgentTools,
  question: string,
  history: readonly ChatEvent[] = [],
): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  const { signal } = new AbortController();
  for await (const event of runTurn(
    (meter) => extractiveAgent({ question, history, tools }, meter),
    signal,
  )) {
    events.push(event);
  }
  return events;
}

const answerIn = (events: readonly ChatEvent[]): string =>
  events.find((event) => event.type === 'text')?.content ?? '';

describe('a turn without a language model', () => {
  it.each([
    ['How much water does the K2 hold?', 'The K2 kettle holds 1.7 litres of water.', 1],
    ['How long does the K2 take to boil?', 'A full K2 boils in 240 seconds', 1],
    ['Why does the K2 boil so fast?', 'because its coil draws 3 kilowatts', 1],
    ['How often should I descale the kettle?', 'Descale the kettle every 6 weeks', 2],
    ['What is the price of a filter?', '| Filter | 4 euros |', 2],
    ['Who designed the T5 toaster?', 'Its designer, Ingrid Solberg', 1],
    ['When was the K2 first sold?', 'It was first sold in March 2021', 1],
  ])('answers "%s" with the sentence that says so, and its page', async (question, quote, page) => {
    await using tools = indexedTools(kettles);
    const answer = answerIn(await ask(tools, question));

    expect(answer).toContain(quote);
    expect(answer).toMatch(new RegExp(String.raw`\[1\] \w+\.md, page ${page}, characters \d+-\d+`));
  });

  it('quotes the characters that its source names', async () => {
    await using tools = indexedTools(kettles);
    const answer = answerIn(await ask(tools, 'How much water does the K2 hold?'));
    const [, file_id = '', start = '', end = ''] =
      /\[1\] (\S+), page \d+, characters (\d+)-(\d+)/.exec(answer) ?? [];
    const quoted = await tools.read({
      file_id,
      offset: Number(start),
      max_length: Number(end) - Number(start),
    });

    expect(answer.startsWith(`${quoted} [1]`)).toBe(true);
  });

  it.each([
    'What is the capital of Mongolia?',
    'How much does the K9 kettle weigh?',
    'When was the toaster sold?',
  ])('does not answer "%s", which the documents do not', async (question) => {
    await using tools = indexedTools(kettles);
    const answer = answerIn(await ask(tools, question));

    expect(answer).toMatch(/^I found no passage in the indexed documents that answers this\./);
    expect(answer).not.toContain('[1]');
  });

  it.each([
    ['Wie lange ist die Kündigungsfrist?', 'Die Kündigungsfrist beträgt drei Monate'],
    ['违约金是多少？', '违约金为总价款的百分之十'],
  ])('answers "%s" in the language of its document', async (question, quote) => {
    await using tools = indexedTools({
      'vertrag.md': ['Die Kündigungsfrist beträgt drei Monate zum Quartalsende.'],
      'hetong.md': ['本合同的违约金为总价款的百分之十。付款期限为三十天。'],
    });
    const answer = answerIn(await ask(tools, question));

    expect(answer).toContain(quote);
    expect(answer).not.toContain('I found no passage');
  });

  it('emits deltas before the whole, results after their calls, and one stop at the end', async () => {
    await using tools = indexedTools(kettles);
    const events = await ask(tools, 'How much water does the K2 hold?');
    const joined = (type: ChatEvent['type']) =>
      events
        .map((event) => (event.type === type && 'content' in event ? event.content : ''))
        .join('');

    expect(joined('text_delta')).toBe(answerIn(events));
    expect(joined('thinking_delta')).toBe(joined('thinking'));
    expect(joined('thinking')).toContain('quoted from the documents');
    const calls = events.filter((event) => event.type === 'tool_call');
    const results = events.filter((event) => event.type === 'tool_result');
    expect(calls.map(({ name }) => name)).toEqual(['retrieve', 'read']);
    expect(results.map(({ call_id }) => call_id)).toEqual(calls.map(({ call_id }) => call_id));
    expect(events.filter(({ type }) => type === 'stop')).toEqual([events.at(-1)]);
    expect(events.at(-1)).toMatchObject({
      is_error: false,
      error: null,
      usage: { turns: 3, total_input_tokens: 0, total_output_tokens: 0 },
    });
  });

  it('looks for rare words that the search has not brought with grep', async () => {
    const filler = Array.from(
      { length: 40 },
      (_, at) => `Chapter ${at} praises the kettle and its handle at length.`,
    );
    await using tools = indexedTools({
      'book.md': [...filler, 'Only the guests from the north bring a samovar along.', ...filler],
    });
    const hidden: AgentTools = {
      ...tools,
      retrieve: async (args) =>
        (await tools.retrieve(args)).filter(({ content }) => !content.includes('samovar')),
    };
    const events = await ask(hidden, 'Who brings a samovar along?');

    const patterns = events.flatMap((event) =>
      event.type === 'tool_call' && event.name === 'grep' ? [event.arguments.pattern] : [],
    );
    expect(patterns).toContain(String.raw`\b[sS][aA][mM][oO][vV][aA][rR]\w*`);
    expect(answerIn(events)).toContain('Only the guests from the north bring a samovar along.');
  });

  it('reads the beginning of the file that is named after what the question is about', async () => {
    const chapters = Array.from(
      { length: 20 },
      (_, at) => `Samovar and samovar again: samovar number ${at} of this samovar list. ${more}`,
    );
    await using tools = indexedTools({
      'samovar.md': [
        `# Samovar\n\nA samovar is a vessel that keeps water for tea hot. ${more}`,
        ...chapters,
      ],
    });
    const events = await ask(tools, 'What is a samovar?');
    const openings = events.filter(
      (event) =>
        event.type === 'tool_call' && event.name === 'read' && event.arguments.offset === 0,
    );

    expect(openings).not.toEqual([]);
    expect(answerIn(events)).toMatch(/^A samovar is a vessel that keeps water for tea hot\./);
  });

  it('takes the question before along when one points back to it', async () => {
    await using tools = indexedTools(kettles);
    const first = 'How much water does the K2 kettle hold?';
    const history = [{ type: 'user_input', content: first } as const];

    expect(answerIn(await ask(tools, 'And when was it first sold?', history))).toContain(
      'in March 2021',
    );
  });

  it('says that a message without words has nothing to search for', async () => {
    await using tools = indexedTools(kettles);
    const events = await ask(tools, '?!');

    expect(answerIn(events)).toMatch(/no word to search for/);
    expect(events.some(({ type }) => type === 'tool_call')).toBe(false);
  });

  it('answers over an index without files that there is nothing', async () => {
    await using tools = indexedTools({});

    expect(answerIn(await ask(tools, 'What is a kettle?'))).toMatch(/^I found no passage/);
  });

  it('ends with an error when the search fails', async () => {
    await using tools = indexedTools(kettles);
    const broken = { ...tools, retrieve: () => Promise.reject(new Error('The index is gone')) };
    const events = await ask(broken, 'What is a kettle?');

    expect(events.at(-2)).toMatchObject({
      type: 'tool_result',
      result: { error: 'The index is gone' },
    });
    expect(events.at(-1)).toMatchObject({
      type: 'stop',
      is_error: true,
      error: 'The index is gone',
    });
  });

  it('answers all the same when reading fails', async () => {
    await using tools = indexedTools(kettles);
    const broken = { ...tools, read: () => Promise.reject(new Error('The text is gone')) };

    expect(answerIn(await ask(broken, 'How much water does the K2 hold?'))).toContain('1.7 litres');
  });
});

describe('the tools over several indexes', () => {
  it('search all of them and put what fits best first', async () => {
    await using tools = indexedTools(
      { 'toasters.md': kettles['toasters.md'] },
      { 'kettles.md': kettles['kettles.md'] },
    );
    const passages = await tools.retrieve({ query: 'How often is the kettle descaled?', top_k: 4 });

    expect(passages[0]?.content).toContain('Descale the kettle every 6 weeks');
    expect(new Set(passages.map(({ file_name }) => file_name))).toEqual(
      new Set(['kettles.md', 'toasters.md']),
    );
  });

  it('give a passage that two indexes hold once', async () => {
    await using tools = indexedTools(kettles, kettles);
    const passages = await tools.retrieve({ query: 'kettle', top_k: 20 });

    expect(new Set(passages.map(({ content }) => content)).size).toBe(passages.length);
  });

  it('reject a file that no index holds', async () => {
    await using tools = indexedTools(kettles);

    await expect(tools.read({ file_id: 'other.md' })).rejects.toThrow(/no file other\.md/);
    await expect(tools.grep({ file_id: 'other.md', pattern: 'a' })).rejects.toThrow(
      /no file other\.md/,
    );
  });
});
