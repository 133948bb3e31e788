import { z } from 'zod';
import type { ClassifierRule, ClassifyParsingConfiguration } from '../../../src/types/classify.ts';
import type { LlmConfig } from '../agent/llmConfig.ts';
import type { ParsedPage } from '../documents/parsedDocument.ts';
import { askModel, ModelError } from './askModel.ts';
import { classifiedText } from './classifiedText.ts';
import { type Classification, unreadable } from './classifyDocument.ts';

/** Characters of a document that the model is shown. */
const shown = 12_000;

const answer = z.object({
  type: z.string().nullable().describe('The type of a rule, or null where none fits.'),
  confidence: z.number().min(0).max(1),
  reason: z.string().describe('What in the text decides it, in one or two sentences.'),
});

/**
 * As `classifyDocument`, with a language model as the judge.
 *
 * Rejects with `ModelError`, also when the model names a type that no rule has, and with the
 * reason of `signal`.
 */
export async function classifyWithModel(
  pages: readonly ParsedPage[],
  rules: readonly ClassifierRule[],
  parsing: ClassifyParsingConfiguration | undefined,
  model: LlmConfig,
  signal: AbortSignal,
): Promise<Classification> {
  const text = classifiedText(pages, parsing);
  if (text.trim() === '') {
    return unreadable;
  }
  const classification = await askModel(
    model,
    {
      instructions: 'Say which of the rules the document fits.',
      material: JSON.stringify({ rules, document: text.slice(0, shown) }),
      answerName: 'classify_document',
      answer,
    },
    signal,
  );
  const { type } = classification;
  if (type !== null && !rules.some((rule) => rule.type === type)) {
    throw new ModelError(`The model ${model.model} named "${type}", which is no rule's type`);
  }
  return classification;
}
