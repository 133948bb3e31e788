import { describe, expect, it } from 'vitest';
import {
  cosine,
  deserializeLsa,
  encode,
  encodeQuestion,
  type LsaModel,
  serializeLsa,
  trainLsa,
} from '../../src/retrieval/lsa.ts';

/** Twenty topics of four documents; words 0 and 5 of a topic are never in the same one. */
const documents = Array.from({ length: 20 }, (_, topic) =>
  ['0123', '0234', '1245', '1345'].map((words) => Array.from(words, (word) => `t${topic}w${word}`)),
).flat();

function similarity(model: LsaModel, left: string, right: string): number {
  return cosine(encode(model, left.split(' ')), encode(model, right.split(' ')));
}

describe('trainLsa', () => {
  it('brings words together that keep the same company, and no others', () => {
    const { model } = trainLsa(documents);

    expect(similarity(model, 't1w0', 't1w5')).toBeGreaterThan(0.9);
    expect(similarity(model, 't1w0', 't2w0')).toBeLessThan(0.1);
  });

  it('finds the singular vectors of the weighted matrix', () => {
    const { model } = trainLsa([['x', 'x'], ['y'], ['x', 'y']]);

    // As many dimensions as the matrix has: nothing is lost, and cosines are those of the words.
    expect(model.dimensions).toBe(2);
    expect(similarity(model, 'x', 'y')).toBeCloseTo(0, 5);
    expect(similarity(model, 'x', 'x y')).toBeCloseTo(Math.SQRT1_2, 5);
  });

  it('gives each document the vector that its terms have', () => {
    const { model, vectors } = trainLsa(documents);

    expect(vectors).toHaveLength(documents.length);
    for (const [at, terms] of documents.entries()) {
      expect(cosine(vectors[at] ?? new Float32Array(), encode(model, terms))).toBeCloseTo(1, 5);
    }
  });

  it('gives the same model for the same documents', () => {
    expect(trainLsa(documents)).toEqual(trainLsa(documents));
  });

  it('has a quarter as many dimensions as documents, 16 at least, 128 at most', () => {
    const random = (count: number): string[][] =>
      Array.from({ length: count }, (_, i) =>
        Array.from({ length: 20 }, (__, j) => `w${(i * i * 7 + j * j * 13 + i * j) % 500}`),
      );

    expect(trainLsa(random(20)).model.dimensions).toBe(16);
    expect(trainLsa(random(100)).model.dimensions).toBe(25);
    expect(trainLsa(random(600)).model.dimensions).toBe(128);
  });

  it('copes with nothing to learn from', () => {
    for (const empty of [[], [[]], [['the', 'of']]]) {
      const { model } = trainLsa(empty);

      expect(model.dimensions).toBe(0);
      expect(encode(model, ['word'])).toEqual(new Float32Array(0));
    }
  });

  it('copes with documents that are all alike', () => {
    const { model } = trainLsa(Array.from({ length: 30 }, () => ['equal', 'words']));

    expect(model.dimensions).toBe(1);
    expect(similarity(model, 'equal', 'words')).toBeCloseTo(1);
  });
});

describe('encodeQuestion', () => {
  const { model } = trainLsa(documents);

  it('says how much of a question the model knows', () => {
    const known = (...words: string[]): number =>
      encodeQuestion(
        model,
        words.map((word) => [word]),
      ).known;

    expect(known('t1w1')).toBeGreaterThan(known('t1w1', 'unknown'));
    expect(known('t1w1', 'unknown')).toBeGreaterThan(0);
    expect(known('unknown')).toBe(0);
    expect(known()).toBe(0);
  });

  it('takes the forms of a word for one word', () => {
    const one = encodeQuestion(model, [['t1w1', 'never seen']]);

    expect(one).toEqual(encodeQuestion(model, [['t1w1']]));
    expect(one.vector).toEqual(encode(model, ['t1w1']));
  });
});

describe('encode', () => {
  it('gives unit vectors, or zeros for unknown words', () => {
    const { model } = trainLsa(documents);
    const vector = encode(model, ['t1w1', 't1w2', 'unknown']);

    expect(cosine(vector, vector)).toBeCloseTo(1, 5);
    expect(encode(model, ['unknown'])).toEqual(new Float32Array(model.dimensions));
  });

  it('gives the same after a model was stored', () => {
    const { model } = trainLsa(documents);

    expect(encode(deserializeLsa(serializeLsa(model)), ['t1w1'])).toEqual(encode(model, ['t1w1']));
  });
});
