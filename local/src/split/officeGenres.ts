import type { Genre } from './genre.ts';

/** Kinds of documents that people write to each other, agree on, and fill in. */
export const officeGenres: readonly Genre[] = [
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
      { sign: 'a salutation', pattern: /^[ \t]*dear\b.{1,70}$/gim, weight: 3 },
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
          /^[ \t]*(?:(?:first|last|full) name|address|date of birth|signature|phone|e-?mail|occupation)\b/gim,
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
];
