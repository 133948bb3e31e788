import PostalMime from 'postal-mime';
import { htmlToMarkdown } from './htmlToMarkdown.ts';
import { mailText } from './mailText.ts';
import { type ParsedDocument, textPages } from './parsedDocument.ts';

/** Reads a mail as it was sent (`.eml`, `.mht`) into one page: who wrote to whom, when, and the text. */
export async function readEmail(bytes: Uint8Array, name: string): Promise<ParsedDocument> {
  const mail = await PostalMime.parse(bytes, { maxNestingDepth: 50 });
  const { text = '', html = '' } = mail;
  const attached = mail.attachments
    .filter(({ disposition, related }) => disposition === 'attachment' || related !== true)
    .map(({ filename, mimeType }) => filename ?? mimeType);
  return {
    ...textPages([
      mailText({
        subject: mail.subject,
        from: people(mail.from === undefined ? [] : [mail.from]),
        to: people(mail.to),
        cc: people(mail.cc),
        date: mail.date,
        // Mails carry the same words as text too; of the two, HTML keeps the tables.
        body: html.trim() === '' ? text : htmlToMarkdown(html),
        attached,
      }),
    ]),
    warnings: attached.map((file) => `The attachment ${file} of ${name} is not read.`),
  };
}

type Person = NonNullable<Awaited<ReturnType<typeof PostalMime.parse>>['from']>;

function people(list: readonly Person[] = []): string {
  return list
    .flatMap((person) => ('group' in person && person.group ? person.group : [person]))
    .map(({ name, address }) => [name, address && `<${address}>`].filter(Boolean).join(' '))
    .join(', ');
}
