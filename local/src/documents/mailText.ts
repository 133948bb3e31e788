/** What a mail says, whatever program has saved it. */
export interface Mail {
  readonly subject: string | undefined;
  readonly from: string;
  readonly to: string;
  readonly cc: string;
  readonly date: string | undefined;
  /** Markdown or plain text. */
  readonly body: string;
  /** Names of the files that came along. */
  readonly attached: readonly string[];
}

/** Writes a mail as a page: the subject as its heading, the fields of its header, and the text. */
export function mailText({ subject = '', from, to, cc, date = '', body, attached }: Mail): string {
  const fields = [
    ['From', from],
    ['To', to],
    ['Cc', cc],
    ['Date', date],
    ['Attachments', attached.join(', ')],
  ]
    .filter(([, value]) => value !== '')
    .map(([field, value]) => `${field}: ${value}`)
    .join('\n');
  return [subject === '' ? '' : `# ${subject}`, fields, body.trim()]
    .filter((part) => part !== '')
    .join('\n\n');
}
