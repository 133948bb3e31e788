import { createRequire } from 'node:module';
import { decodeText } from './decodeText.ts';
import { htmlToMarkdown } from './htmlToMarkdown.ts';
import { mailText } from './mailText.ts';
import { type ParsedDocument, textPages } from './parsedDocument.ts';

// It is CommonJS that was compiled from a module, whose default not every loader finds.
const { default: MsgReader } = createRequire(import.meta.url)(
  '@kenjiuno/msgreader',
) as typeof import('@kenjiuno/msgreader');

/** Reads a mail that Outlook saved (`.msg`) into one page. */
export function readMsg(bytes: Uint8Array, name: string): ParsedDocument {
  const buffer = Uint8Array.from(bytes).buffer;
  const mail = new MsgReader(buffer).getFileData();
  const html = mail.html === undefined ? (mail.bodyHtml ?? '') : decodeText(mail.html);
  const body = mail.body ?? '';
  const attached = (mail.attachments ?? []).map(
    ({ fileName, name: title }) => fileName ?? title ?? 'without a name',
  );
  const recipients = (type: string): string =>
    (mail.recipients ?? [])
      .filter(({ recipType = 'to' }) => recipType === type)
      .map(({ name: person, email }) => address(person, email))
      .join(', ');
  return {
    ...textPages([
      mailText({
        subject: mail.subject,
        from: address(mail.senderName, mail.senderEmail),
        to: recipients('to'),
        cc: recipients('cc'),
        date: mail.clientSubmitTime ?? mail.messageDeliveryTime,
        body: body.trim() === '' ? htmlToMarkdown(html) : body,
        attached,
      }),
    ]),
    warnings: attached.map((file) => `The attachment ${file} of ${name} is not read.`),
  };
}

function address(person = '', email = ''): string {
  return [person, email === '' ? '' : `<${email}>`].filter((part) => part !== '').join(' ');
}
