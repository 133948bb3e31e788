import type { DocumentAnnotation, FormField, ParsedPage } from '@llamaindex/liteparse';

/** Marks that show or link what is on the page anyway. */
const silent: ReadonlySet<string> = new Set(['link', 'widget', 'popup']);

/** What is written on a page of a PDF and is none of its text: what fields were filled with, and notes. */
export function pdfNotes({ formFields = [], annotations = [], text }: ParsedPage): string {
  const fields = formFields.flatMap((field) => {
    const value = valueOf(field);
    return value === '' ? [] : [`- ${field.alternateName ?? field.name ?? 'field'}: ${value}`];
  });
  const notes = annotations
    .filter(({ subtype }) => !silent.has(subtype.toLowerCase()))
    .flatMap((annotation) => noteOf(annotation, text));
  return [section('Form fields', fields), section('Notes', notes)]
    .filter((part) => part !== '')
    .join('\n\n');
}

function valueOf({ type, value = '', checked, exportValue, selectedOptions }: FormField): string {
  if (/check|radio/i.test(type)) {
    return checked === true ? (exportValue ?? 'yes') : '';
  }
  return (value === '' ? selectedOptions.join(', ') : value).trim();
}

function noteOf({ contents = '', title = '' }: DocumentAnnotation, text: string): string[] {
  const words = contents.trim().replaceAll(/\s+/g, ' ');
  if (words === '' || text.includes(words)) {
    return [];
  }
  return [title === '' ? `- ${words}` : `- ${title}: ${words}`];
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}:\n\n${[...new Set(lines)].join('\n')}`;
}
