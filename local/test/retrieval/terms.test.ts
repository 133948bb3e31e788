import { describe, expect, it } from 'vitest';
import { languageOf, queryTerms, queryWords, terms } from '../../src/retrieval/terms.ts';

describe('terms', () => {
  it('are lower case words without accents or punctuation', () => {
    expect(terms('Über 3.5 Cafés, e-mail & Müller’s', false)).toEqual([
      ...['uber', '3', '5', 'cafes', 'e', 'mail', 'muller'],
    ]);
  });

  it('are stems where asked for', () => {
    expect(terms('running connections', true)).toEqual(['run', 'connect']);
  });

  it('are dictionary words in scripts without spaces', () => {
    expect(terms('東京大学で研究する', false)).toContain('研究');
    expect(terms('ภาษาไทยง่าย', false).length).toBeGreaterThan(1);
  });

  it('keep the vowel signs of Indic scripts', () => {
    expect(terms('हिन्दी', false)).toEqual(['हिन्दी']);
  });

  it('leave out what is too long to be a word', () => {
    expect(terms(`key ${'A'.repeat(65)}`, false)).toEqual(['key']);
  });
});

describe('queryTerms', () => {
  it('are the content words, as stems and as they stand', () => {
    expect(queryTerms('What are the findings?')).toEqual(['find', 'findings']);
  });

  it('are the function words when a query has no others', () => {
    expect(queryTerms('to be')).toEqual(['to', 'be']);
  });
});

describe('languageOf', () => {
  it.each([
    ['The cost of the house is high.', 'english'],
    ['Die Kosten für das Haus sind hoch, und der Preis ist es nicht.', 'german'],
    ['Le prix de la maison est dans les documents.', 'french'],
    ['El precio de la casa está en los documentos que se firman.', 'spanish'],
    ['Il prezzo della casa è nei documenti che sono firmati.', 'italian'],
    ['De prijs van het huis staat in de documenten die wij hebben.', 'dutch'],
    ['Цена дома указана в документах, которые мы получили от банка.', 'russian'],
    ['Item | Qty | Price', 'english'],
    ['', 'english'],
  ])('decides %s', (text, expected) => {
    expect(languageOf(text)).toBe(expected);
  });
});

describe('a question', () => {
  it.each([
    ['Welche Züge fahren?', 'Der Zug fährt um acht.'],
    ['Wer haftet für Schäden?', 'Für jeden Schaden haftet der Mieter.'],
    ['Was kosten die Wohnungen?', 'Die Wohnung kostet im Monat 900 Euro.'],
    ['Wann enden die Verträge?', 'Der Vertrag endet am 31. März.'],
    ['Welche Häuser sind geprüft?', 'Das Haus wurde im Mai von uns geprüft.'],
    ['Wie viele Kinder?', 'Für jedes Kind gibt es einen Platz.'],
    ['Welche Bücher?', 'Das Buch ist in der Bibliothek.'],
    ['Gibt es Rabatte?', 'Der Rabatt ist auf drei Prozent begrenzt.'],
    ['Welche Zahlungen stehen aus?', 'Die Zahlung ist noch nicht eingegangen.'],
    ['Wer prüft Rechnungen?', 'Die Rechnung wird vom Einkauf geprüft.'],
    ['Welche Maschinen laufen?', 'Die Maschine läuft seit dem Morgen.'],
    [
      'Wem fehlt ein Schlüssel?',
      'Die Schlüssel der Wohnung sind in dem Kasten, den Schlüsseln fehlt nichts.',
    ],
    ['Welchen Kunden?', 'Der Kunde hat das nicht bestellt.'],
    ['Was sagen die Gutachten?', 'Das Gutachtens wegen wurde nicht gebaut.'],
    ['Welche Versicherungen?', 'Die Versicherung zahlt das nicht.'],
    ['Wie hoch sind die Gebühren?', 'Die Gebühr ist am Schalter zu zahlen.'],
    ['Wie groß ist die Fläche?', 'Auf den Flächen darf man nicht parken.'],
    ['Welche Dächer?', 'Das Dach ist mit Ziegeln gedeckt.'],
    ['Was ist mit den Türen?', 'Die Tür ist aus Holz und nicht verschlossen.'],
    ['Wer bestellte Lampen?', 'Eine Lampe ist für das Lager bestellt.'],
  ])('finds German words in other forms: %s', (question, text) => {
    expect(languageOf(text)).toBe('german');
    const found = new Set(terms(text, 'german'));
    const words = queryWords(question, ['english', 'german']);
    expect(words.filter((forms) => forms.some((form) => found.has(form)))).not.toEqual([]);
  });

  it.each([
    ['Quels contrats ?', 'Le contrat prend fin le 31 mars.'],
    ['Les factures impayées', 'La facture est dans le dossier du client.'],
    ['Qui a signé les accords ?', 'Cet accord est signé par les parties.'],
    ['Combien de chevaux ?', 'Le cheval est dans le pré de la ferme.'],
    ['Quels projets ?', 'Le projet est fini dans la maison.'],
    ['Les garanties prolongées', 'La garantie est de deux ans pour les machines.'],
    ['Paiements en retard', 'Le paiement est en retard de dix jours.'],
    ['Quelles conditions ?', 'La condition est écrite dans le contrat.'],
    ['Les locataires', 'Le locataire paie la taxe avec le loyer.'],
    ['Les résultats annuels', 'Le résultat de la société est positif.'],
    ['Quelles assurances ?', 'Une assurance est obligatoire pour le véhicule.'],
    ['Les responsables', 'Le responsable du site est dans son bureau.'],
    ['Livraisons prévues', 'La livraison est prévue pour le lundi.'],
    ['Les employées', 'Un employé est dans la salle avec les clients.'],
    ['Prix des billets', 'Le billet est valable pour une journée.'],
    ['Qui répare les portes ?', 'La porte de la cave est à réparer.'],
    ['Les mesures prises', 'Une mesure est prise par le conseil.'],
    ['Commandes annulées', 'La commande est annulée par le client.'],
    ['Les pénalités', 'Une pénalité est due pour le retard.'],
    ['Les chauffages', 'Le chauffage est dans le sous-sol de la maison.'],
  ])('finds French words in other forms: %s', (question, text) => {
    expect(languageOf(text)).toBe('french');
    const found = new Set(terms(text, 'french'));
    const words = queryWords(question, ['english', 'french']);
    expect(words.filter((forms) => forms.some((form) => found.has(form)))).not.toEqual([]);
  });
});
