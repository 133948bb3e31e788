/** Kinds of documents that have signs of their own, beside the words of any description. */

/** A sign that a text is of some kind. */
export interface Cue {
  /** What it is, as a reader would call it. */
  readonly sign: string;
  readonly pattern: RegExp;
  /** How much it speaks for the kind, in nats; below zero it speaks against it. */
  readonly weight: number;
  /**
   * Hits per hundred words that count in full, for signs that any text has some of. Other signs
   * count for half at the first hit, and for half of the rest at each further one.
   */
  readonly rate?: number;
}

/** A kind of document. */
export interface Genre {
  /** What people call it, in any category's name or description. */
  readonly called: RegExp;
  readonly cues: readonly Cue[];
}

const money: Cue = {
  sign: 'amounts of money',
  pattern:
    /(?:[$€£¥]|\b(?:USD|EUR|GBP|CHF)\b)\s?\d[\d.,]{0,20}|\b\d[\d.,]{0,20}\s?(?:€|USD|EUR|GBP|CHF)/g,
  weight: 0.8,
};
const citations: Cue = {
  sign: 'citations',
  pattern: /\[\d{1,3}(?:\s*[,–-]\s*\d{1,3})*\]|\bet al\b|\([A-Z]\p{L}+,? (?:19|20)\d\d[a-z]?\)/gu,
  weight: 2,
};
const firstPerson = /\b(?:I|I'm|I've|I'd|me|my|myself)\b/g;

/**
 * The kinds that are told apart by their signs. The weights are judgement, not training. No pattern
 * may run over an unbounded stretch from many starts: the texts are anybody's.
 */
export const genres: readonly Genre[] = [
  {
    called: /\binvoices?\b|\bbills?\b|\bbilling\b/,
    cues: [
      { sign: 'the word "invoice"', pattern: /\binvoice\b/gi, weight: 1.5 },
      {
        sign: 'an invoice number or date',
        pattern: /\binvoice\s*(?:no\b|number|#|date|id)/gi,
        weight: 1.5,
      },
      { sign: '"bill to"', pattern: /\b(?:bill(?:ed)?|sold|ship) to\b/gi, weight: 1 },
      {
        sign: 'what is due and when',
        pattern:
          /\b(?:amount|balance|total|payment|date) due\b|\bdue (?:date|by|on|within)\b|\bpayment terms\b|\bnet \d\d\b/gi,
        weight: 1.5,
      },
      {
        sign: 'a subtotal or tax',
        pattern: /\bsub-?total\b|\bVAT\b|\b(?:sales )?tax\b/gi,
        weight: 1,
      },
      {
        sign: 'quantities and unit prices',
        pattern: /\b(?:qty|quantity|unit price|rate|hours)\b/gi,
        weight: 0.7,
      },
      money,
    ],
  },
  {
    called: /\breceipts?\b|\bproofs? of (?:payment|purchase)\b/,
    cues: [
      { sign: 'the word "receipt"', pattern: /\breceipt\b/gi, weight: 2 },
      {
        sign: 'that it has been paid',
        pattern:
          /\b(?:date|amount|total) paid\b|\bpaid (?:on|with|by|in full)\b|\bpayment received\b/gi,
        weight: 2,
      },
      {
        sign: 'the means of payment',
        pattern:
          /\b(?:payment method|visa|mastercard|amex|debit|credit card|cash|change due|tendered|cashier|card ending)\b/gi,
        weight: 1.2,
      },
      { sign: 'a total', pattern: /\b(?:sub-?)?total\b/gi, weight: 0.6 },
      { sign: 'thanks for the purchase', pattern: /\bthank you for\b/gi, weight: 0.5 },
      money,
    ],
  },
  {
    called: /\bpurchase orders?\b|\border (?:forms?|confirmations?)\b/,
    cues: [
      {
        sign: '"purchase order"',
        pattern: /\bpurchase order\b|\bP\.?O\.? (?:no|number|#)/gi,
        weight: 2.5,
      },
      {
        sign: 'a delivery',
        pattern: /\b(?:ship to|deliver(?:y|ed)? (?:to|date|address)|vendor|supplier)\b/gi,
        weight: 1.2,
      },
      {
        sign: 'quantities and unit prices',
        pattern: /\b(?:qty|quantity|unit price)\b/gi,
        weight: 1,
      },
      money,
    ],
  },
  {
    called:
      /\bcontracts?\b|\bagreements?\b|\blegal\b|\blicen[cs]es?\b|\bleases?\b|\bterms (?:of|and)\b|\bndas?\b|\bdeeds?\b/,
    cues: [
      {
        sign: 'the language of contracts',
        pattern:
          /\b(?:hereby|herein|hereto|hereof|hereunder|thereof|whereas|witnesseth|notwithstanding|pursuant to|in witness whereof)\b/gi,
        weight: 2,
      },
      { sign: '"shall"', pattern: /\bshall\b/gi, weight: 1.2, rate: 0.8 },
      {
        sign: 'parties and terms',
        pattern:
          /\b(?:part(?:y|ies)|agreement|lessee|lessor|tenant|landlord|licens(?:ee|or)|covered work|copyright (?:holder|owner|notice))\b/gi,
        weight: 1.2,
        rate: 1,
      },
      {
        sign: 'clauses on liability, law or termination',
        pattern:
          /\b(?:governing law|indemnif\w+|liabilit\w+|warrant(?:y|ies)|confidential(?:ity)?|terminat(?:e[sd]?|ion)|severab\w+|force majeure|breach)\b/gi,
        weight: 1.2,
      },
    ],
  },
  {
    called: /\bletters?\b|\bcorrespondence\b/,
    cues: [
      { sign: 'a salutation', pattern: /^[ \t]*dear\b.{1,60}[,:]?[ \t]*$/gim, weight: 3 },
      {
        sign: "a letter's close",
        pattern:
          /^[ \t]*(?:yours (?:sincerely|faithfully|truly)|sincerely|(?:best|kind|warm) regards|respectfully)\b/gim,
        weight: 2.5,
      },
      {
        sign: 'the reader addressed as "you"',
        pattern: /\b(?:you|your)\b/gi,
        weight: 0.7,
        rate: 2,
      },
    ],
  },
  {
    called: /\be-?mails?\b/,
    cues: [
      {
        sign: 'the header of an e-mail',
        pattern: /^[ \t]*(?:from|to|cc|sent|subject|date):\s/gim,
        weight: 3,
      },
      {
        sign: 'e-mail addresses',
        pattern: /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.\w+/g,
        weight: 1,
      },
    ],
  },
  {
    called: /\br[eé]sum[eé]s?\b|\bcvs?\b|\bcurriculum\b|\bjob applications?\b/,
    cues: [
      {
        sign: 'the headings of a résumé',
        pattern:
          /^[ \t]*(?:(?:work|professional|employment) (?:experience|history)|experience|education|(?:technical )?skills|languages|certifications|references|career (?:objective|summary))\b.{0,12}$/gim,
        weight: 3,
      },
      {
        sign: 'spans of years at work',
        pattern: /\b(?:19|20)\d\d\s*(?:[-–—]|to)\s*(?:(?:19|20)\d\d|present|now|today)\b/gi,
        weight: 1.5,
      },
      {
        sign: 'degrees',
        pattern: /\b(?:B\.?Sc?|M\.?Sc?|B\.?A|Ph\.?D|MBA|Bachelor|Master of|University)\b/g,
        weight: 0.8,
      },
      {
        sign: 'ways to reach a person',
        pattern: /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.\w+|\+?\d[\d ()-]{8,20}\d/g,
        weight: 0.6,
      },
    ],
  },
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
    called:
      /\bfinancial\b|\bannual\b|\bearnings\b|\bquarterly\b|\bbalance sheets?\b|\bincome statements?\b/,
    cues: [
      {
        sign: 'the words of accounts',
        pattern:
          /\b(?:revenues?|net (?:income|sales|loss)|fiscal|operating (?:income|expenses|margin)|shareholders?|stockholders?|dividends?|assets|liabilities|equity|EBITDA|earnings|cash flows?)\b/gi,
        weight: 2.5,
        rate: 1,
      },
      {
        sign: 'quarters and years',
        pattern: /\bQ[1-4]\b|\b(?:first|second|third|fourth) quarter\b|\byear ended\b/gi,
        weight: 1,
      },
      money,
    ],
  },
  {
    called: /\bbank\b|\b(?:account|credit card) statements?\b/,
    cues: [
      {
        sign: 'balances',
        pattern: /\b(?:opening|closing|beginning|ending|previous|available) balance\b/gi,
        weight: 2.5,
      },
      {
        sign: 'money coming and going',
        pattern: /\b(?:deposits?|withdrawals?|debits?|credits?|transfers?|overdraft)\b/gi,
        weight: 1.5,
      },
      {
        sign: 'an account',
        pattern:
          /\b(?:account (?:number|no|summary|holder)|IBAN|sort code|routing|statement period)\b/gi,
        weight: 1.5,
      },
      money,
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
  {
    called:
      /\bmedical\b|\bclinical\b|\bpatients?\b|\bhealth\b|\blab (?:reports?|results?)\b|\bprescriptions?\b/,
    cues: [
      {
        sign: 'the words of medicine',
        pattern:
          /\b(?:patient|diagnos[ie]s|symptoms?|treatment|mg|dosage|medications?|allergies|blood pressure|physician|dr\.|clinic(?:al)?|hospital|prescribed|history of|vital signs|discharge)\b/gi,
        weight: 3,
        rate: 1.5,
      },
      {
        sign: 'a date of birth or a patient number',
        pattern: /\b(?:date of birth|DOB|MRN|patient (?:name|id|no))\b/gi,
        weight: 1.5,
      },
    ],
  },
  {
    called: /\bminutes\b|\bmeetings?\b|\bagendas?\b/,
    cues: [
      {
        sign: 'who was there',
        pattern:
          /\b(?:attendees|attendance|present|absent|apologies)\s*:|\b(?:apologies from|the chair|chaired|quorum)\b/gi,
        weight: 1.8,
      },
      {
        sign: 'decisions and tasks',
        pattern:
          /\b(?:action items?|seconded|it was (?:resolved|agreed)|motion (?:carried|to)|adjourned|next meeting|agenda|minutes of)\b/gi,
        weight: 2.2,
      },
    ],
  },
  {
    called: /\bforms?\b|\bquestionnaires?\b|\bapplications?\b/,
    cues: [
      { sign: 'blanks to fill in', pattern: /_{4,}|\.{8,}|[☐☑□]|\[ \]/g, weight: 2.5 },
      {
        sign: 'what to fill in',
        pattern:
          /^[ \t]*(?:(?:first|last|full) name|address|date of birth|signature|phone|e-?mail|occupation)\b.{0,20}:?/gim,
        weight: 1.5,
      },
      {
        sign: 'how to fill it in',
        pattern:
          /\b(?:please (?:print|complete|tick|check)|for office use|check (?:one|all)|applicant)\b/gi,
        weight: 1.2,
      },
    ],
  },
  {
    called: /\binsurance\b/,
    cues: [
      {
        sign: 'the words of insurance',
        pattern:
          /\b(?:insur(?:ed|er|ance)|polic(?:y|yholder)|premiums?|deductibles?|coverage|claims?|exclusions?|beneficiary|underwrit\w+)\b/gi,
        weight: 3,
        rate: 1.5,
      },
    ],
  },
];
