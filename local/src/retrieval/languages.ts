import { stemmer as danish } from '@orama/stemmers/danish';
import { stemmer as dutch } from '@orama/stemmers/dutch';
import { stemmer as french } from '@orama/stemmers/french';
import { stemmer as german } from '@orama/stemmers/german';
import { stemmer as italian } from '@orama/stemmers/italian';
import { stemmer as norwegian } from '@orama/stemmers/norwegian';
import { stemmer as portuguese } from '@orama/stemmers/portuguese';
import { stemmer as russian } from '@orama/stemmers/russian';
import { stemmer as spanish } from '@orama/stemmers/spanish';
import { stemmer as swedish } from '@orama/stemmers/swedish';
import { stemmer as english } from 'stemmer';

/** How words of a language are reduced to their stems, and the words that hold its sentences together. */
interface LanguageRules {
  /** Takes a word in lower case with its accents. */
  readonly stem: (word: string) => string;
  /** Lower case, without accents. */
  readonly functionWords: ReadonlySet<string>;
}

/** A language whose words are compared by their stems. */
export type Language = keyof typeof rules;

// Porter for English, Snowball for the others. Function words are the ones that say nothing in a search;
// they also tell what language a text is in.
const rules = {
  english: {
    stem: (word) => (/^[a-z]+$/.test(word) ? english(word) : word),
    functionWords: words(
      `a about above after again against all am an and any are as at be because been before being below
      between both but by can cannot could did do does doing don down during each few for from further
      had has have having he her here hers him his how i if in into is it its itself just me more most
      my no nor not now of off on once only or other our ours out over own s same she should so some
      such t than that the their theirs them then there these they this those through to too under
      until up upon us very was we were what when where which while who whom whose why will with would
      you your yours`,
    ),
  },
  german: {
    stem: german,
    functionWords: words(
      `aber als am an auch auf aus bei bin bis da damit dann das dass dem den der des die dies diese dieser
      dieses doch du durch ein eine einem einen einer eines er es fur hat haben ich ihr im in ist ja kann
      kein keine man mit nach nicht noch nur ob oder sein seine sich sie sind so um und uns unter vom von
      vor war was wenn wer werden wie wir wird wo wurde wurden zu zum zur uber welche welcher welches`,
    ),
  },
  french: {
    stem: french,
    functionWords: words(
      `a au aux avec c ce ces cette d dans de des du elle en est et etaient etait etre il ils j je l la le
      les leur lui m mais n ne nous on ont ou par pas plus pour qu que quel quelle quels quelles qui s sa
      se ses son sont sur un une vous y cet comme entre fait combien quand`,
    ),
  },
  spanish: {
    stem: spanish,
    functionWords: words(
      `a al como con cual cuales cuando de del donde el ella en entre era es esta este esto ha han hay la
      las le les lo los mas muy no o para pero por que quien se ser si sin sobre son su sus un una uno y
      ya fue desde todo`,
    ),
  },
  italian: {
    stem: italian,
    functionWords: words(
      `a ad al alla anche che chi ci come con cui da dal dalla degli dei del dell della delle di e ed era
      gli ha hanno i il in io l la le lo ma nel nella non o per piu quale quali quando questa questo se
      si sono su sua suo un una uno e stato quanto dove`,
    ),
  },
  portuguese: {
    stem: portuguese,
    functionWords: words(
      `a ao aos as com como da das de do dos e ela ele em entre era essa esse esta este eu foi ha isso ja
      mais mas na nao nas no nos o os ou para pela pelo por qual quais quando que quem se sem ser seu sua
      sao um uma onde`,
    ),
  },
  dutch: {
    stem: dutch,
    functionWords: words(
      `aan als bij dan dat de deze die dit door een en er geen had heb heeft het hier hij hoe hun ik in is
      je kan maar met mijn naar niet nog nu of om onder ook op over te tot uit van veel voor waar was wat
      we wel werd wie wij worden wordt ze zich zij zijn zo`,
    ),
  },
  swedish: {
    stem: swedish,
    functionWords: words(
      `alla att av blev bli da de dem den denna det detta dig din du ej eller en er ett for fran ha hade
      han har hon hur i icke inte jag kan man med men mot mycket nar nu och om pa sa sin som till under
      upp ut var vad vi vid vilka vilken ar over`,
    ),
  },
  norwegian: {
    stem: norwegian,
    functionWords: words(
      `alle at av ble blir da de dem den det dette du eller en er et etter for fra ha hadde han har hun
      hva hvem hvis hvor hvordan i ikke jeg kan man med men mot naar nar noe og om opp over pa sa seg sin
      skal som til under ut var ved vi vil ogsa`,
    ),
  },
  danish: {
    stem: danish,
    functionWords: words(
      `af alle at blev bliver da de dem den denne der det dette dig din dog du efter eller en end er et
      for fra ham han har havde hun hvad hvem hvis hvor hvordan i ikke jeg kan man med meget men mod nar
      noget nu og ogsa om op over pa sig sin skal som til ud under var ved vi vil`,
    ),
  },
  russian: {
    stem: russian,
    functionWords: words(
      `а без более бы был была были было в вам вас во вот все всех вы где да для до его ее если есть еще же
      за и из или им их к как когда кто ли между мы на над не него нет но о об однако он она они от по под
      при с со так также такои то того тои только том ты у уже чем что чтобы это этого этои я`,
    ),
  },
} satisfies Readonly<Record<string, LanguageRules>>;

/** In the order of their numbers in the database: new ones come last. */
const languages = Object.keys(rules) as Language[];

/** The rules of a language. */
export function rulesOf(language: Language): LanguageRules {
  return rules[language];
}

/** The number that stands for a language in the database; 0 for none. */
export function languageNumber(language: Language | undefined): number {
  return language === undefined ? 0 : languages.indexOf(language) + 1;
}

/** The language that a number stands for. */
export function languageOfNumber(number: number): Language | undefined {
  return languages[number - 1];
}

/**
 * The language whose function words are most frequent among these, in lower case and without accents;
 * English where none is ahead of it, as in tables and lists, which have none. Counting them tells
 * apart the few languages that have a stemmer here, and needs no model of letters for all the others.
 */
export function languageOfWords(found: readonly string[]): Language {
  let best: Language = 'english';
  let most = count(found, best);
  for (const language of languages.slice(1)) {
    const counted = count(found, language);
    if (counted > most) {
      best = language;
      most = counted;
    }
  }
  return best;
}

function count(found: readonly string[], language: Language): number {
  const { functionWords } = rules[language];
  return found.reduce((sum, each) => sum + (functionWords.has(each) ? 1 : 0), 0);
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/));
}
