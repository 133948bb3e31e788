import { LiteParse, type TextItem } from '@llamaindex/liteparse';
import { alignWords } from './alignWords.ts';
import type { TrainedData } from './trainedData.ts';

/** A picture of a page, in a format that LiteParse decodes: PNG, JPEG, TIFF, WebP, GIF, BMP. */
export interface Picture {
  readonly bytes: Uint8Array;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** Degrees clockwise by which its content is known to be turned. @defaultValue `0` */
  readonly turned?: Turn;
}

/** Degrees clockwise by which the content of a picture appears turned. */
export type Turn = 0 | 90 | 180 | 270;

/** What was read off a picture. */
export interface Recognized {
  /** Markdown; empty where nothing is readable. */
  readonly text: string;
  /** How sure the recognition is of it, from 0 to 1: the mean over all characters. */
  readonly confidence: number;
}

/** What makes sense: so many characters, so sure of them. */
const plain = { characters: 12, confidence: 0.75 };

/** LiteParse takes pictures for scans of so many dots per inch, whatever they say. */
const assumedDpi = 150;

/** Pixels along the longer side that suit print of usual size; fewer are interpolated. */
const bestSide = 3_300;

/**
 * Recognises the text of a picture. One that makes little sense as it lies is tried in the other
 * three directions too, and read the way it makes most.
 */
export async function recognizePicture(picture: Picture, data: TrainedData): Promise<Recognized> {
  const { turned = 0 } = picture;
  const turns = [turned, ...([90, 270, 180, 0] as const).filter((turn) => turn !== turned)];
  let best: Look | undefined;
  for (const turn of turns) {
    const next = await look(picture, data, turn);
    best = best === undefined || next.sense > best.sense ? next : best;
    if (next.isPlain) {
      break;
    }
  }
  return { text: best?.text ?? '', confidence: best?.confidence ?? 0 };
}

interface Look extends Recognized {
  /** How many characters of lying words there are of which the recognition is fairly sure. */
  readonly sense: number;
  /** Whether it makes so much sense that no other direction will make more. */
  readonly isPlain: boolean;
}

async function look(
  { bytes, width, height }: Picture,
  { folder, languages }: TrainedData,
  turn: Turn,
): Promise<Look> {
  const longer = Math.max(width, height);
  const scale = Math.min(2, Math.max(1, bestSide / longer));
  const settings = { quiet: true, numWorkers: 1, dpi: Math.round(assumedDpi * scale) };
  const seen = new LiteParse({
    ...settings,
    ocrEnabled: true,
    // Without it, it would download the data.
    tessdataPath: folder,
    ocrLanguage: languages,
    outputFormat: 'text',
    pageOrientationCorrections: [{ page: 1, angle: turn }],
  });
  const [page] = (await seen.parse(bytes)).pages;
  const words = (page?.textItems ?? []).filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
  if (page === undefined || words.length === 0) {
    return { text: '', confidence: 0, sense: 0, isPlain: false };
  }
  const layout = new LiteParse({
    ...settings,
    ocrEnabled: false,
    outputFormat: 'markdown',
    keepHeadersFooters: true,
  });
  const [laidOut] = layout.parsePages([
    {
      pageNumber: 1,
      pageWidth: page.width,
      pageHeight: page.height,
      textItems: alignWords(words),
    },
  ]).pages;
  const characters = count(words);
  const confidence = words.reduce(
    (sum, { text, confidence: sureness = 0 }) => sum + (text.length * sureness) / characters,
    0,
  );
  // Words that stand on their end are recognised as well, and come in the order of a page that lies.
  const lying = words.filter(({ text, width, height }) => text.length < 4 || width > height);
  return {
    text: laidOut === undefined ? page.text.trim() : laidOut.markdown.trim(),
    confidence,
    sense: count(lying.filter(({ confidence: sureness = 0 }) => sureness > 0.6)),
    isPlain:
      characters >= plain.characters &&
      confidence >= plain.confidence &&
      count(lying) > characters / 2,
  };
}

function count(words: readonly TextItem[]): number {
  return words.reduce((sum, { text }) => sum + text.length, 0);
}
