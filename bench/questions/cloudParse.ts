import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createParserPool } from '../../local/src/documents/parserPool.ts';
import { settings, typeset } from '../../local/test/support/typeset.ts';
import { inFlight } from '../clients/inFlight.ts';
import { MadeUpText } from '../clients/madeUpText.ts';
import { tempFolder } from '../clients/tempFolder.ts';
import type { Question } from '../harness/question.ts';

const processes = 2;
const wordsAFile = 5_000;

/** How fast the embedded cloud reads documents. */
export const question: Question = {
  title: 'The embedded cloud: parsing',
  run: 'Reads 40 PDFs of ten to twelve pages full of text, with two parser processes.',
  unit: 'document',
  cases: { PDF: { count: 40 } },
  baseline: 'parser pool',
  variants: {
    'parser pool': ({ count }) => {
      const folder = tempFolder();
      const text = new MadeUpText();
      const paths = Array.from({ length: count }, (_, n) => {
        const path = join(folder, `report-${n}.pdf`);
        const setting = Object.values(settings)[n % 4] ?? settings.book;
        writeFileSync(path, typeset([{ text: text.words(wordsAFile), setting }]).pdf);
        return path;
      });
      const pool = createParserPool({ processes });
      return async () => {
        let pages = 0;
        const begun = performance.now();
        const done = await inFlight(processes, count, async (n) => {
          const path = paths[n] ?? '';
          const document = await pool.parse(path, path);
          pages += document.pages.length;
        });
        const seconds = (performance.now() - begun) / 1_000;
        return { done, figures: { pages, 'pages a second': pages / seconds } };
      };
    },
  },
  goals: [{ variant: 'parser pool', measure: 'pages a second', atLeast: 150 }],
  columns: ['wall'],
};
