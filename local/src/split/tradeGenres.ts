import { type Genre, money } from './genre.ts';

/** Kinds of documents that deal with money. */
export const tradeGenres: readonly Genre[] = [
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
