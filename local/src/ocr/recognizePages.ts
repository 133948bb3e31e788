import { pageList } from '../documents/pageList.ts';
import type { Reading } from '../documents/reading.ts';
import { type Picture, recognizePicture } from './recognizePicture.ts';
import { tesseractLanguage } from './tesseractLanguage.ts';
import { trainedData } from './trainedData.ts';

/** A page of which only a picture tells the text. */
export interface PicturedPage {
  /** 1-based. */
  readonly number: number;
  /** Makes the picture, when its turn comes; `undefined` where the page is blank. */
  readonly draw: () => Promise<Picture | undefined>;
}

/** What was read off the pages. */
export interface RecognizedPages {
  /** By page number; empty for a blank page. What is not in here could not be read. */
  readonly texts: ReadonlyMap<number, string>;
  /** Sentences on what could not be read, or hardly. */
  readonly warnings: readonly string[];
}

/** A process may have a document for five minutes; this leaves a minute for all the rest. */
const longestMs = 240_000;

/** Below this, about one word in three is wrong. */
const doubtful = 0.6;

/** Recognises the text of pages, one after the other, for as long as there is time. */
export async function recognizePages(
  pages: readonly PicturedPage[],
  name: string,
  { ocr, languages }: Reading,
): Promise<RecognizedPages> {
  const texts = new Map<number, string>();
  if (pages.length === 0) {
    return { texts, warnings: [] };
  }
  if (!ocr) {
    const turnedOff = `${name} needs OCR, which disable_ocr turned off, on ${list(pages)}: text is missing there.`;
    return { texts, warnings: [turnedOff] };
  }
  const data = await trainedData(languages);
  const begun = performance.now();
  const late: PicturedPage[] = [];
  const unreadable: PicturedPage[] = [];
  const hard: PicturedPage[] = [];
  for (const page of pages) {
    if (performance.now() - begun > longestMs) {
      late.push(page);
      continue;
    }
    const picture = await page.draw();
    const { text, confidence } =
      picture === undefined
        ? { text: '', confidence: 1 }
        : await recognizePicture(picture, data).catch(() => ({ text: '', confidence: 0 }));
    if (picture !== undefined && text === '') {
      unreadable.push(page);
    } else {
      texts.set(page.number, text);
      if (confidence < doubtful) {
        hard.push(page);
      }
    }
  }
  const sentence = (of: readonly PicturedPage[], words: (pages: string) => string): string[] =>
    of.length === 0 ? [] : [words(list(of))];
  return {
    texts,
    warnings: [
      ...data.missing.map(
        (language) =>
          `The language ${language} is not installed for OCR, text was read as ${data.languages}: npm install @tesseract.js-data/${tesseractLanguage(language)}.`,
      ),
      ...sentence(
        unreadable,
        (on) => `${name} shows a picture on ${on} in which OCR finds no text.`,
      ),
      ...sentence(
        hard,
        (on) => `${name} is hard to read on ${on}: what OCR made of it may be wrong.`,
      ),
      ...sentence(
        late,
        (on) =>
          `${name} was given up by OCR after ${longestMs / 1_000} s, text is missing on ${on}: split it up.`,
      ),
    ],
  };
}

function list(pages: readonly PicturedPage[]): string {
  return pageList(pages.map(({ number }) => number));
}
