/** A stream of server-sent events, and what is in it by the rules of the HTML standard. */
export interface EventStreamCase {
  /** Completes the sentence "reads …". */
  readonly title: string;
  readonly stream: string | Uint8Array;
  /** The data of its events. */
  readonly data: readonly string[];
}

const family = '👩‍👩‍👧';

/** One entry or more for each rule of "Parsing" and "Interpreting an event stream". All data is JSON, or blank. */
export const eventStreams: readonly EventStreamCase[] = [
  {
    title: 'nothing in an empty stream',
    stream: '',
    data: [],
  },
  {
    title: 'a byte order mark at the beginning as nothing, and later as part of a name',
    stream: '\uFEFFdata: {"n":1}\n\n\uFEFFdata: {"n":2}\n\ndata: {"n":3}\n\n',
    data: ['{"n":1}', '{"n":3}'],
  },
  {
    title: 'a second byte order mark as part of a name',
    stream: '\uFEFF\uFEFFdata: {"n":1}\n\ndata: {"n":2}\n\n',
    data: ['{"n":2}'],
  },
  {
    title: 'a byte order mark before an empty line',
    stream: '\uFEFF\n\ndata: {"n":1}\n\n',
    data: ['{"n":1}'],
  },
  {
    title: 'letters that look like a byte order mark as part of a name',
    stream: '\xEF\xBB\xBFdata: {"n":1}\n\ndata: {"n":2}\n\n',
    data: ['{"n":2}'],
  },
  {
    title: 'the first bytes of a byte order mark as what they are',
    stream: Buffer.from('\xEF\xBBdata: {"n":1}\n\ndata: {"n":2}\n\n', 'latin1'),
    data: ['{"n":2}'],
  },
  {
    title: 'a byte order mark within data as part of it',
    stream: 'data: {"mark":"\uFEFF"}\n\n',
    data: ['{"mark":"\uFEFF"}'],
  },
  {
    title: 'comments as nothing, whatever is in them',
    stream: `:\ndata: {"n":\n: data: 5\n:\0\n::\r:\n:data\n:${'-'.repeat(300)}\ndata: 1}\n:last\n\n: alone\n\n`,
    data: ['{"n":\n1}'],
  },
  {
    title: 'no event from data without the empty line at the end',
    stream: 'data: {"n":1}\n\ndata: {"n":2}\n',
    data: ['{"n":1}'],
  },
  {
    title: 'no event from a line that does not end',
    stream: 'retry: 5\ndata: {"n":1}\n\nid: x\ndata: {"n":2}',
    data: ['{"n":1}'],
  },
  {
    title: 'blank data with and without a colon',
    stream: 'data:\n\ndata\n\ndata\ndata\n\ndata: {"n":1}\n\n',
    data: ['', '', '\n', '{"n":1}'],
  },
  {
    title: 'empty lines, and events that have fields but no data, as no events',
    stream: '\n\n\r\n\revent: x\n\nid: 1\n\nretry: 1\n\ndata: {"n":1}\n\n\n',
    data: ['{"n":1}'],
  },
  {
    title: 'the lines of data with line feeds between them',
    stream: 'data: {\ndata:\ndata: "n"\r\ndata: : 1\rdata\ndata: }\n\n',
    data: ['{\n\n"n"\n: 1\n\n}'],
  },
  {
    title: 'one space after the colon as nothing, and what else is there as data',
    stream:
      'data:{"n":1}\n\ndata: {"n":2}\n\ndata:  {"n":3}\n\ndata:\t{"n":4}\n\ndata: \t{"n":5} \n\ndata: {"n"\ndata::6}\n\n',
    data: ['{"n":1}', '{"n":2}', ' {"n":3}', '\t{"n":4}', '\t{"n":5} ', '{"n"\n:6}'],
  },
  {
    title: 'events of any name alike',
    stream:
      'event: message\ndata: {"n":1}\n\nevent:\ndata: {"n":2}\n\nevent\ndata: {"n":3}\n\ndata: {"n":4}\nevent: a\nevent: b\n\n',
    data: ['{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}'],
  },
  {
    title: 'events whose id is given, empty, changed, not plain or without a value',
    stream:
      'id: 1\ndata: {"n":1}\n\nid\ndata: {"n":2}\n\nid:\nid: …\ndata: {"n":3}\n\nid: a\0b\ndata: {"n":4}\n\ndata: {"n":5}\nid: 3\n\n',
    data: ['{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}', '{"n":5}'],
  },
  {
    title: 'times to reconnect as nothing, be they numbers or not',
    stream:
      'retry: 3000\ndata: {"n":1}\n\nretry: 1e3\nretry: -5\nretry: soon\ndata: {"n":2}\n\nretry:\nretry\ndata: {"n":3}\n\n',
    data: ['{"n":1}', '{"n":2}', '{"n":3}'],
  },
  {
    title:
      'names that nobody knows, or of other case, or with something before or behind, as nothing',
    stream: [
      'Data: 1',
      'DATA: 1',
      ' data: 1',
      'data : 1',
      'data\0: 1',
      '\0data: 1',
      'dat: 1',
      'datas: 1',
      'da-ta: 1',
      'data_1',
      'dat',
      'd',
      'data: {"n":',
      'eventually: x',
      'identity: x',
      'retry5: x',
      'just words',
      'data:1}',
      'données: 1',
      '',
      '',
    ].join('\n'),
    data: ['{"n":\n1}'],
  },
  {
    title: 'lines that end in CR',
    stream: 'data: {"n":\rdata: 1}\r\rdata: {"n":2}\r\r',
    data: ['{"n":\n1}', '{"n":2}'],
  },
  {
    title: 'lines that end in CRLF',
    stream: 'data: {"n":\r\ndata: 1}\r\n\r\ndata: {"n":2}\r\n\r\n',
    data: ['{"n":\n1}', '{"n":2}'],
  },
  {
    title: 'lines that end in one way and then in another',
    stream:
      'data: {"n":1}\r\n\ndata: {"n":2}\n\rdata: {"n":3}\r\r\ndata: {"n":4}\n\r\ndata: {"n":\r\ndata: 5}\n\r\r\n\n\r',
    data: ['{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}', '{"n":\n5}'],
  },
  {
    title: 'CR and LF as the end of one line, and not of two',
    stream: 'data: {"n":\r\ndata: 1}\r\nid: x\r\n: y\r\nunknown\r\ndata\r\n\r\n',
    data: ['{"n":\n1}\n'],
  },
  {
    title: 'no line end in other characters that are line ends elsewhere',
    stream: 'data: {"n":"a\u2028b\u2029c\u0085d"}\n\n: x\vdata: 2\fdata: 3\n\n',
    data: ['{"n":"a\u2028b\u2029c\u0085d"}'],
  },
  {
    title: 'characters of one to four bytes',
    stream: `data: {"text":"aé€😀${family}"}\n\n: é€😀\n\né€😀: x\ndata: {"text":"\u{10FFFF}\uFFFE"}\n\n`,
    data: [`{"text":"aé€😀${family}"}`, '{"text":"\u{10FFFF}\uFFFE"}'],
  },
  {
    title:
      'bytes that are not UTF-8 as U+FFFD, one for each part that could have become a character',
    stream: Buffer.concat([
      Buffer.from('data: {"text":"'),
      Buffer.from([0xff, 0xc0, 0xaf, 0xe2, 0x82, 0x41, 0xf0, 0x9f, 0x98]),
      Buffer.from('"}\n\ndata: {"half":"'),
      Buffer.from([0xed, 0xa0, 0xbd, 0x80]),
      Buffer.from('"}\n\n'),
    ]),
    data: ['{"text":"\uFFFD\uFFFD\uFFFD\uFFFDA\uFFFD"}', '{"half":"\uFFFD\uFFFD\uFFFD\uFFFD"}'],
  },
  {
    title: 'a character that is cut by the end of its line as U+FFFD, and the line end as such',
    stream: Buffer.concat([
      Buffer.from(': '),
      Buffer.from([0xf0, 0x9f]),
      Buffer.from('\ndata: {"n":1}\r\n'),
      Buffer.from([0xe2]),
      Buffer.from('\n\n'),
    ]),
    data: ['{"n":1}'],
  },
];
