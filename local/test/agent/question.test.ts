import { describe, expect, it } from 'vitest';
import { answerTypeOf, canAnswer } from '../../src/agent/answerType.ts';
import { readQuestion } from '../../src/agent/question.ts';

describe('readQuestion', () => {
  it('keeps the words that say what is asked about', () => {
    const { terms } = readQuestion('How much does the parser buffer by default?', []);

    expect(terms.map(({ word }) => word)).toEqual(['parser', 'buffer', 'default']);
  });

  it.each([
    ['Wie lange ist die Kündigungsfrist?', 'Kündigungsfrist'],
    ['Quelle est la garantie ?', 'garantie'],
    ['¿Cuánto es la multa?', 'multa'],
    ['违约金是多少？', '违约金'],
  ])('keeps them in other languages: %s', (question, kept) => {
    const words = readQuestion(question, []).terms.map(({ word }) => word);

    expect(words.filter((word) => word !== 'die').join('')).toBe(kept);
  });

  it('tells names, numbers and codes from other words', () => {
    const { terms } = readQuestion('Which model did Vaswani train with keepAlive and 8 GPUs?', []);

    expect(terms.filter(({ isName }) => isName).map(({ word }) => word)).toEqual([
      'Vaswani',
      'keepAlive',
      '8',
      'GPUs',
    ]);
  });

  it('takes the question before along when it points back', () => {
    const history = [
      { type: 'user_input', content: 'What is label smoothing?' },
      { type: 'text', content: 'An answer.' },
    ] as const;
    const question = readQuestion('And why is it used?', history);

    expect(question.query).toBe('What is label smoothing? And why is it used?');
    expect(question.contextStems).toEqual(['label', 'smooth']);
  });

  it('stands alone when it has words enough of its own', () => {
    const history = [{ type: 'user_input', content: 'What is label smoothing?' }] as const;

    expect(readQuestion('How large is the beam in the search?', history).contextStems).toEqual([]);
  });

  it('finds words in scripts without spaces', () => {
    expect(readQuestion('会议在哪里举行', []).terms.map(({ word }) => word)).toContain('会议');
  });
});

describe('answerTypeOf', () => {
  it.each([
    ['How many layers are there?', 'number'],
    ['How long did training take?', 'duration'],
    ['When was it paid?', 'date'],
    ['When is a request sent again?', 'condition'],
    ['Who wrote the report?', 'person'],
    ['Where is the office?', 'place'],
    ['Why does it fail?', 'reason'],
    ['What is a parser?', 'definition'],
    ['How do I install it?', 'method'],
    ['What is the dropout rate?', 'value'],
    ['How much did it cost?', 'money'],
    ['Tell me more', 'any'],
  ])('%s asks for a %s', (question, type) => {
    expect(answerTypeOf(question)).toBe(type);
  });
});

describe('canAnswer', () => {
  it('does not take a citation, a reference or a number of the question for an answer', () => {
    const question = 'How many of the 8 GPUs failed?';

    expect(canAnswer('number', 'We used 8 GPUs as in Table 2 [14].', question)).toBe(false);
    expect(canAnswer('number', 'Of the 8 GPUs 3 failed.', question)).toBe(true);
  });

  it('asks of a duration that it has a unit', () => {
    expect(canAnswer('duration', 'The score is 28.4.', 'How long?')).toBe(false);
    expect(canAnswer('duration', 'It took 3.5 days.', 'How long?')).toBe(true);
  });
});
