import { describe, expect, it } from 'vitest';
import { isOnlyLinks } from '../../src/agent/isOnlyLinks.ts';
import { splitPassage } from '../../src/agent/splitPassage.ts';

const texts = (passage: string) => splitPassage(passage).map(({ text }) => text);

describe('splitPassage', () => {
  it('joins the lines that a PDF breaks and keeps abbreviations and figures whole', () => {
    const passage =
      'See Fig. 2 for the model of Dr. Smith\net al. It took 3.5 days on\n8 GPUs, e.g. The P100. Done and dusted by noon.';

    expect(texts(passage)).toEqual([
      'See Fig. 2 for the model of Dr. Smith et al. It took 3.5 days on 8 GPUs, e.g. The P100.',
      'Done and dusted by noon.',
    ]);
  });

  it('gives positions under which the passage holds the text, but for white space', () => {
    const passage =
      '# Title\n\nFirst  sentence\nis here. Second one follows.\n\n- an item with a limit. Default: 5 items.\n';

    for (const { start, end, text } of splitPassage(passage)) {
      expect(passage.slice(start, end).replace(/\s+/g, ' ')).toBe(text);
    }
    expect(texts(passage)).toEqual([
      'Title',
      'First sentence is here.',
      'Second one follows.',
      'an item with a limit. Default: 5 items.',
    ]);
  });

  it('goes on across an empty line where the sentence was not finished', () => {
    expect(
      texts('We add dropout to the output of\n\nevery layer of the model.\n\nThen we stop.'),
    ).toEqual(['We add dropout to the output of every layer of the model.', 'Then we stop.']);
  });

  it('names the headings above a sentence, and forgets those of a section that ended', () => {
    const passage =
      '# Guide\n\n## Install\n\nRun the command first.\n\n## Use\n\nCall the function then.\n';
    const contexts = splitPassage(passage)
      .filter(({ kind }) => kind === 'sentence')
      .map(({ context }) => context);

    expect(contexts).toEqual([
      ['Guide', 'Install'],
      ['Guide', 'Use'],
    ]);
  });

  it('takes each row of a table alone and remembers its header', () => {
    const passage = '| Item | Price |\n|---|---|\n| Tea | 2.50 |\n| Milk | 1.10 |\n';
    const rows = splitPassage(passage);

    expect(rows.map(({ kind, text }) => [kind, text])).toEqual([
      ['row', '| Tea | 2.50 |'],
      ['row', '| Milk | 1.10 |'],
    ]);
    expect(rows.map(({ header }) => header && passage.slice(header.start, header.end))).toEqual([
      '| Item | Price |',
      '| Item | Price |',
    ]);
  });

  it('leaves out code, comments, rules and badges', () => {
    const passage =
      '[![build](https://a/b.svg)](https://a)\n\n<!-- a note\nto writers -->\n\n---\n\nReal text stands here.\n\n```ts\nconst a = 1;\n```\n';

    expect(texts(passage)).toEqual(['Real text stands here.']);
  });

  it('leaves out code that the start of the passage cut in two', () => {
    expect(texts('const b = 2;\nrun(b);\n```\n\nThe code above sets b to two.\n')).toEqual([
      'The code above sets b to two.',
    ]);
  });

  it('reads prose out of a fence, where PDF columns are put', () => {
    const passage =
      '```\nThe claimed invention relates to a kettle that boils water by itself in less than a minute.\nIt has a lid.\n```\n';

    expect(texts(passage)).toEqual([
      'The claimed invention relates to a kettle that boils water by itself in less than a minute.',
      'It has a lid.',
    ]);
  });

  it('does not end a sentence inside a link', () => {
    expect(
      texts('See the [guide](./MIGRATE.md?a=1#b) before you upgrade. Then upgrade the package.'),
    ).toEqual([
      'See the [guide](./MIGRATE.md?a=1#b) before you upgrade.',
      'Then upgrade the package.',
    ]);
  });

  it('splits at the full stops of scripts without spaces', () => {
    expect(texts('会议在北京举行。下一次会议在上海举行。')).toEqual([
      '会议在北京举行。',
      '下一次会议在上海举行。',
    ]);
  });

  it('finds nothing in an empty passage', () => {
    expect(splitPassage('')).toEqual([]);
    expect(splitPassage('\n \n')).toEqual([]);
  });
});

describe('isOnlyLinks', () => {
  it.each([
    '[a](https://a.b)',
    '[![badge](b.svg)](https://a.b) [c][d] ![e](f)',
    ' [a] [[b](c)] ',
    '[a][b]',
    '',
  ])('knows %j for links', (text) => {
    expect(isOnlyLinks(text)).toBe(true);
  });

  it.each(['See [a](b)', '[a](b) too', '[a', '[a](b', '![', '!', 'a]', '[a](b))', '[a]!'])(
    'knows %j for more, or less',
    (text) => {
      expect(isOnlyLinks(text)).toBe(false);
    },
  );
});
