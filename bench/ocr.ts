/**
 * How well scans are read: the rate of wrong words on scans made of pages whose text is known.
 *
 *     node bench/ocr.ts
 */

import { recognizePicture } from '../local/src/ocr/recognizePicture.ts';
import { trainedData } from '../local/src/ocr/trainedData.ts';
import { type Flaws, pngOf, scan, spoil } from '../local/test/support/scan.ts';
import { settings, typeset } from '../local/test/support/typeset.ts';

const letter = `Termination of the lease of 14 Mill Street

Dear Ms Okafor, thank you for your letter of 3 March 2026, in which you ask when the flat has to be handed over. The lease ends on 30 June 2026. The keys are to be returned to our office by noon on that day, together with the card for the bicycle room.

The deposit of 2,450.00 EUR will be paid back within eight weeks, less what repairs may cost. Please let us know the number of the account to which it should go. Should you wish to move out earlier, we would be glad to show the rooms to new tenants from the middle of May onwards.

The meters for water and heating are read on the last day. A form for this, and a list of firms that paint walls at a fair price, are in the envelope. If anything remains unclear, our office is open from Monday to Thursday, between nine and four.

Yours sincerely, Thomas Brandl, Brandl and Partners Property Management`;

const invoice = `Invoice 2026-0417

Hollis Bicycle Works, 27 Harbour Road, Bristol BS1 5TY
Customer number 88214, order of 11 February 2026
2 brake cables, stainless steel, at 7.40 each, 14.80
1 chain, 116 links, at 23.95, 23.95
4 hours of labour at 48.00 an hour, 192.00
Net amount 230.75, value added tax of 20 per cent 46.15
Total amount due 276.90 pounds, payable within 14 days
Account 30-94-57 12345678, reference 2026-0417`;

const prose = `How bread is made in the valley

Before the mill was built, every farm ground its own rye. The stones were turned by hand, by the children mostly, and a morning of work gave flour enough for one week. Old people still remember the sound. When the river was dammed in 1874 the miller came from the town with two sons and a steam engine that never worked, and from then on the carts went down to him on Fridays.

The dough stands overnight in a wooden trough. It is kneaded three times: once when the leaven is mixed in, once at dawn, and a last time when the oven has burned down to white ash. A loaf of two kilograms bakes for seventy minutes. It keeps for a month if it is hung from the ceiling, where neither mice nor damp can reach it.`;

const pages = [
  { text: letter, setting: settings.book },
  { text: invoice, setting: settings.office },
  { text: prose, setting: settings.plain },
];

const cases: readonly (readonly [name: string, dpi: number, flaws: Flaws])[] = [
  ['150 dpi', 150, {}],
  ['200 dpi', 200, {}],
  ['300 dpi', 300, {}],
  ['200 dpi, 2 degrees askew', 200, { askew: 2 }],
  ['200 dpi, 2 degrees the other way', 200, { askew: -2 }],
  ['200 dpi, noise', 200, { noise: 80 }],
  ['200 dpi, turned by 90', 200, { turned: 90 }],
  ['200 dpi, turned by 180', 200, { turned: 180 }],
  ['200 dpi, turned by 270', 200, { turned: 270 }],
];

const data = await trainedData(['en']);
console.log('scan                              wrong words   a page');
for (const [name, dpi, flaws] of cases) {
  let wrong = 0;
  let all = 0;
  const begun = performance.now();
  for (const page of pages) {
    const spoilt = spoil(await scan(typeset([page]).pdf, 1, dpi), flaws);
    const { width, height } = spoilt;
    const { text } = await recognizePicture({ bytes: pngOf(spoilt), width, height }, data);
    const printed = words(`${page.text}${'numbered' in page.setting ? ' 1' : ''}`);
    wrong += distance(printed, words(text));
    all += printed.length;
  }
  const seconds = (performance.now() - begun) / 1_000 / pages.length;
  const rate = `${((100 * wrong) / all).toFixed(1)} %`;
  console.log(`${name.padEnd(34)}${rate.padStart(11)}   ${seconds.toFixed(1)} s`);
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Words to put in, take out or replace. */
function distance(wanted: readonly string[], found: readonly string[]): number {
  let row = Array.from({ length: found.length + 1 }, (_, at) => at);
  for (const [index, word] of wanted.entries()) {
    const next = [index + 1];
    for (const [at, other] of found.entries()) {
      const kept = (row[at] ?? 0) + (word === other ? 0 : 1);
      next.push(Math.min(kept, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
