import { type Cue, type Genre, money } from './genre.ts';

const citations: Cue = {
  sign: 'citations',
  pattern: /\[\d{1,3}(?:\s*[,–-]\s*\d{1,3})*\]|\bet al\b|\([A-Z]\p{L}+,? (?:19|20)\d\d[a-z]?\)/gu,
  weight: 2,
};
const firstPerson = /\b(?:I|I'm|I've|I'd|me|my|myself)\b/g;

/** Kinds of documents that are published to be read. */
export const readingGenres: readonly Genre[] = [
  {
    called:
      /\bpapers?\b|\bresearch\b|\bacademic\b|\bscientific\b|\bscholarly\b|\bthes[ie]s\b|\bdissertations?\b|\bjournal\b/,
    cues: [
      citations,
      { sign: 'an abstract', pattern: /^[ \t]*abstract\b/gim, weight: 1.5 },
      {
        sign: 'a bibliography',
        pattern:
          /^[ \t]*(?:\d+\.?[ \t]+)?(?:references|bibliography)[ \t]*$|\barXiv\b|\bdoi\b|\bin proceedings\b/gim,
        weight: 1.5,
      },
      {
        sign: 'figures and tables',
        pattern: /\b(?:fig(?:ure|\.)|table|eq(?:uation|\.))\s*\(?\d/gi,
        weight: 1,
      },
      {
        sign: 'numbered sections',
        pattern: /^[ \t]*\d(?:\.\d){0,2}\.?\s+[A-Z][a-z]+(?: [\w-]+){0,5}[ \t]*$/gm,
        weight: 0.6,
      },
      {
        sign: 'the words of research',
        pattern:
          /\b(?:we (?:propose|show|present|find|evaluate|report|describe)|experiments?|experimental|results?|hypothes[ei]s|theor(?:y|etical)|datasets?|baselines?|significan(?:t|ce)|observed|measure(?:d|ments)|methods?|analysis|investigat\w+|stud(?:y|ies))\b/gi,
        weight: 1.2,
        rate: 2,
      },
    ],
  },
  {
    called:
      /\bessays?\b|\bopinions?\b|\bblogs?\b|\bmemoirs?\b|\breflections?\b|\bnarratives?\b|\bcolumns?\b/,
    cues: [
      { sign: 'a writer who says "I"', pattern: firstPerson, weight: 1.6, rate: 1 },
      {
        sign: 'a writer who weighs and judges',
        pattern:
          /\b(?:think|believe|feel|seems?|perhaps|maybe|probably|should|ought|must|would|could|might|wonder|of course|after all)\b/gi,
        weight: 1.2,
        rate: 2,
      },
      { sign: 'questions to the reader', pattern: /\p{L}\?/gu, weight: 0.5 },
      {
        sign: 'everyday talk',
        pattern:
          /\b(?:people|life|world|always|never|everyone|someone|thing|things|really|just|like)\b/gi,
        weight: 0.8,
        rate: 2,
      },
      { ...citations, weight: -1.5 },
      { ...money, weight: -0.5 },
    ],
  },
  {
    called: /\bnews(?:paper)?\b|\bpress\b|\bannouncements?\b/,
    cues: [
      {
        sign: 'people quoted',
        pattern:
          /[”"],? (?:\w{1,30} ){0,3}(?:said|says|told|added)\b|\b(?:said|told reporters|according to)\b/gi,
        weight: 1.8,
      },
      {
        sign: 'a press release',
        pattern:
          /\b(?:for immediate release|press release|media contact|reporters?|spokes(?:man|woman|person))\b/gi,
        weight: 2,
      },
      {
        sign: 'days of the week',
        pattern: /\bon (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b/g,
        weight: 0.8,
      },
    ],
  },
  {
    called: /\bpatents?\b/,
    cues: [
      {
        sign: 'the language of patents',
        pattern:
          /\b(?:embodiments?|prior art|the (?:present )?invention|wherein|claimed?|apparatus|comprising|plurality)\b/gi,
        weight: 3,
        rate: 1,
      },
      {
        sign: 'a patent number',
        pattern: /\bpatent (?:no|number|application)\b|\bU\.?S\.? Patent\b|\bFIG\. \d/g,
        weight: 1.5,
      },
    ],
  },
  {
    called: /\bslides?\b|\bpresentations?\b|\bdecks?\b|\bpowerpoint\b/,
    cues: [
      { sign: 'bullet points', pattern: /^[ \t]*[•▪‣–*-]\s+\S/gm, weight: 2 },
      { sign: 'short lines', pattern: /^[ \t]*\S+(?: \S+){0,5}[ \t]*$/gm, weight: 1.5, rate: 8 },
      {
        sign: 'an agenda or thanks',
        pattern: /^[ \t]*(?:agenda|overview|outline|thank you|questions\??)[ \t]*$/gim,
        weight: 1,
      },
    ],
  },
  {
    called:
      /\bmanuals?\b|\bdocumentation\b|\bapi\b|\breference\b|\bguides?\b|\bspecifications?\b|\bsoftware\b|\btechnical\b|\binstructions?\b/,
    cues: [
      {
        sign: 'the words of software',
        pattern:
          /\b(?:functions?|parameters?|arguments?|returns?|options?|default|variables?|command|config(?:ure|uration)?|install(?:ed|ation)?|librar(?:y|ies)|files?|directory|version|string|server|API)\b/gi,
        weight: 1.8,
        rate: 3,
      },
      {
        sign: 'code',
        pattern:
          /\b\w{1,60}\([\w\s,*&."]*\)\s?[;{]|\b\w+_\w+\b|<\/?[a-z][\w-]*>|^[ \t]*(?:\$|#|>) \w|https?:\/\/|[{};]\s*$/gm,
        weight: 1.5,
        rate: 1.5,
      },
      {
        sign: 'instructions',
        pattern:
          /\b(?:click|press|select|enter|type|run|see section|make sure|note:|warning:|step \d)\b/gi,
        weight: 0.8,
      },
      { ...citations, weight: -0.7 },
    ],
  },
];
