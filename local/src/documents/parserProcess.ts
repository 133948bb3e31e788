/** The program of a parser process: answers each document it is sent, one at a time. */

import { DocumentError } from './documentError.ts';
import type { ParsedDocument } from './parsedDocument.ts';
import { parseDocument } from './parseDocument.ts';

/** What a parser process is sent. */
export interface ParseTask {
  readonly path: string;
  readonly name: string;
}

/** What it sends back; `isDocumentsFault` tells a `DocumentError` from any other failure. */
export type ParseAnswer =
  | { readonly document: ParsedDocument }
  | { readonly failure: string; readonly isDocumentsFault: boolean };

process.on('message', ({ path, name }: ParseTask) => {
  void parseDocument(path, name)
    .then((document): ParseAnswer => ({ document }))
    .catch((error: unknown): ParseAnswer => ({
      failure: error instanceof Error ? error.message : String(error),
      isDocumentsFault: error instanceof DocumentError,
    }))
    .then((answer) => process.send?.(answer));
});
