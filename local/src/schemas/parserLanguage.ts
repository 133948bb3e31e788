import { z } from 'zod';
import { parserLanguages } from '../../../src/types/parserLanguages.ts';

/** The code of a language that a document can be read in. */
export const parserLanguage = z.enum(parserLanguages).meta({ id: 'ParserLanguage' });
