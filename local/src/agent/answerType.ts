/** What kind of thing an answer to a question holds, read off the question's words. */
export type AnswerType =
  | 'number'
  | 'value'
  | 'money'
  | 'duration'
  | 'date'
  | 'person'
  | 'place'
  | 'condition'
  | 'reason'
  | 'method'
  | 'definition'
  | 'any';

const questions: readonly (readonly [AnswerType, RegExp])[] = [
  // Asks for a rule, "when is a request sent again", or for a day, "when is the deadline".
  ['condition', /^when (?:is|are|does|do|can|may|must|should|would|shall)\b|\bunder what\b/],
  ['date', /^when\b|\b(?:what|which|on what) (?:date|day|month|year)\b|\bsince when\b/],
  [
    'money',
    /\bhow much\b.*\b(?:cost|costs|paid|pay|pays|spent|spend|charged?|earned?)\b|\bwhat\b.*\b(?:price|fee|salary)\b/,
  ],
  [
    'duration',
    /\bhow (?:long|often)\b|\bhow (?:much|many) (?:time|days|hours|minutes|seconds|years)\b|\bwhat\b.*\bduration\b/,
  ],
  ['number', /\bhow (?:many|much|large|big|small|fast|slow|old|far|high|wide|deep|heavy|few)\b/],
  ['person', /^who(?:se|m)?\b|\bby whom\b|\bwhich (?:person|people|author|company|team)\b/],
  ['place', /^where\b|\b(?:what|which) (?:city|country|place|address|town|state)\b/],
  [
    'reason',
    /\bwhy\b|\bhow come\b|\bwhat (?:is|was|are|were) the (?:reason|cause|purpose|point)\b/,
  ],
  ['definition', /^define\b|^(?:explain|describe)\b|\bwhat (?:does|do)\b/],
  // Often a figure, though it can be a word: "what is the default port", "which version".
  [
    'value',
    /^(?:what|which)\b.*\b(?:number|rate|size|score|percentage|percent|share|amount|cost|total|limit|maximum|minimum|average|speed|ratio|value|temperature|dimension|port|version|default|timeout|length)\b/,
  ],
  ['definition', /^what (?:is|are|was|were)\b/],
  ['method', /\bhow\b/],
];

const month =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';

const figure =
  /\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|half|twice|none|unlimited)\b/i;

const date = `\\b(?:1[5-9]|20)\\d\\d\\b|\\b(?:${month})\\b\\.? \\d|\\d (?:${month})\\b|\\b\\d{1,2}[/.]\\d{1,2}[/.]\\d{2,4}\\b`;

const answers: Readonly<Record<Exclude<AnswerType, 'any' | 'definition'>, RegExp>> = {
  number: figure,
  value: figure,
  money: /[$€£¥]\s?\d|\d\s?(?:[$€£¥]|euros?|dollars?|cents?|pounds|usd|eur|gbp)|\bfree\b/i,
  duration:
    /\b(?:[\d.,]{1,20}|an?|one|two|three|four|five|six|seven|eight|nine|ten|every|per|each|few|several)[ -]?(?:ms|milliseconds?|s|secs?|seconds?|mins?|minutes?|hours?|h|days?|weeks?|months?|years?|decades?)\b|\b(?:hourly|daily|weekly|monthly|yearly|annually|once|twice|never|always)\b/i,
  date: new RegExp(date, 'i'),
  condition: new RegExp(
    `\\b(?:when(?:ever)?|if|unless|until|only|once|after|before|while|as (?:soon|long) as)\\b|${date}`,
    'i',
  ),
  person: /\p{Lu}[\p{Ll}'’-]+ (?:\p{Lu}\. )?\p{Lu}[\p{Ll}'’-]+|\bby \p{Lu}|[\w.]@\w/u,
  place:
    /\b(?:in|at|from|near|under|inside|into) [`"'(]*(?:the )?\p{Lu}|\b(?:in|at|under|inside|into) (?:the|a|an|its|your) |\p{Lu}\p{Ll}+, \p{Lu}|\/\w+\//u,
  reason:
    /\b(?:because|since|so that|due to|in order to|therefore|thus|as a result|reason|otherwise|prevents?|avoids?|allows?|lets?|ensures?|helps?|so)\b/i,
  method:
    /\b(?:by|using|via|through|with|set|call|pass|use|run|create|first|then|must|computes?|calculated?)\b/i,
};

/** The kind of answer that a question asks for; `any` where its words do not say. */
export function answerTypeOf(question: string): AnswerType {
  const text = question.trim().toLowerCase();
  return questions.find(([, pattern]) => pattern.test(text))?.[0] ?? 'any';
}

/**
 * Whether a text could hold an answer of the type; any text can define something. Numbers that
 * the question already names, citations such as `[12]` and references such as "Table 2" are not numbers that answer.
 */
export function canAnswer(type: AnswerType, text: string, question: string): boolean {
  if (type === 'any' || type === 'definition') {
    return true;
  }
  const named = new Set(question.match(/\d+(?:[.,]\d+)*/g));
  const plain = text
    .replace(
      /\[[\d,\s–-]+\]|\b(?:tables?|fig(?:ure)?s?|sections?|eq(?:uation)?s?|pages?|chapters?)\.? [\d.]+/gi,
      ' ',
    )
    .replace(/\p{L}?\d+(?:[.,]\d+)*/gu, (digits) => (named.has(digits) ? ' ' : digits));
  return answers[type].test(plain);
}
