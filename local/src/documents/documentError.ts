/**
 * A document that cannot be read: damaged, encrypted, of an unknown kind, or too costly.
 *
 * The message is one sentence for the owner of the document: what was wrong with which file and,
 * where there is a way out, what to do. Parsing it again gives the same error.
 */
export class DocumentError extends Error {
  override readonly name = 'DocumentError' as const;
}
