import type { ClassifyJob } from '../../../src/types/classify.ts';
import type { LlmConfig } from '../agent/llmConfig.ts';
import { DocumentError } from '../documents/documentError.ts';
import type { ParsedDocument } from '../documents/parsedDocument.ts';
import { type Classification, classifyDocument } from '../split/classifyDocument.ts';
import { classifyWithModel } from '../split/classifyWithModel.ts';

/** What a classify job made of a file. */
export interface ClassifiedItem extends Classification {
  /** What the job asked for and did not get, and what is missing from the document's text. */
  readonly warnings: readonly string[];
}

/**
 * Classifies a parsed document as the job wants it, with the model if there is one.
 *
 * Rejects with `DocumentError` when it has none of the pages that are to be read, with `ModelError`,
 * and with the reason of `signal`.
 */
export async function classifyItem(
  document: ParsedDocument,
  job: ClassifyJob,
  model: LlmConfig | undefined,
  signal: AbortSignal,
): Promise<ClassifiedItem> {
  const { rules, mode, parsing_configuration: parsing } = job;
  const { pages } = document;
  const wanted = parsing?.target_pages;
  if (wanted != null && !pages.some(({ number }) => wanted.includes(number - 1))) {
    throw new DocumentError(
      `None of the target_pages ${wanted.join(', ')} is there: the document has ${pages.length}, counted from 0.`,
    );
  }
  const classification =
    model === undefined
      ? classifyDocument(pages, rules, parsing)
      : await classifyWithModel(pages, rules, parsing, model, signal);
  return {
    ...classification,
    warnings: [
      ...document.warnings,
      ...(mode === 'MULTIMODAL'
        ? ['The mode MULTIMODAL has no effect in the embedded cloud: only text is looked at.']
        : []),
      ...(parsing?.lang === undefined || parsing.lang === 'en'
        ? []
        : [
            'The parameter parsing_configuration.lang has no effect in the embedded cloud: it reads text of any language as it is.',
          ]),
    ],
  };
}
