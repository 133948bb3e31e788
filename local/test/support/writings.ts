/** Short documents of several kinds, written for the tests; the first line of each is its title. */

const paragraphs = (...texts: readonly string[]): string => texts.join('\n\n');

/** A personal essay, about three pages. */
export const essay: string = paragraphs(
  'On Walking to Work',
  `For eleven years I took the tram, and for eleven years I believed that the tram was saving my time. I think now that I was wrong, and I would like to say why. Nobody ever asked me to justify the twenty minutes I spent each morning looking at the back of somebody's coat. It seemed like nothing. But perhaps the things that seem like nothing are the ones we should look at most carefully, because they are most of what a life is made of.`,
  `The first week I walked, I was bored. I had always thought of myself as a person who notices things, and it turned out that I noticed almost nothing. I could not have told you the colour of a single door on the street where I lived. What does it say about me that I had passed the same bakery two thousand times and never once wondered who got up at three to light the oven? I was ashamed, a little, and then I was curious, which is better.`,
  `People like to say that walking gives you ideas. I don't really believe that ideas are given. What walking does, I suspect, is take away the excuse for not having them. On the tram I could always pretend that I was about to think. On foot there is nobody to pretend to. You are just there, with your own head, and it is either going to say something or it isn't. Mine mostly complained. After a month or so it ran out of complaints, and what came after that was worth waiting for.`,
  `I should admit that I am lucky. My office is forty minutes away and my knees are good. Someone who cleans three houses in three suburbs can't be told to take the scenic route, and I would never trust a writer who forgot it. But I know a great many people who could walk and do not, and when I ask them why, they say they have no time. I said so too. Then one day I added it up: I had been going to a gym, to make up for sitting on the tram.`,
  `There is a kind of snobbery about slowness, and I would hate to be guilty of it. Slow is not better. If my house were on fire I would want a fast engine and a driver without a philosophy. The question is only what the speed is for. When I hurry, I am always hurrying to something I then do slowly and badly. My father, who never hurried in his life, used to say that the world is not going anywhere without you. I thought it was a joke. I think now it was advice.`,
  `What changed, in the end? Nothing you could photograph. I sleep better. I know the baker. I have opinions about hedges. Maybe the main thing is that my day has an edge now: there is a moment when I have left home and have not arrived, and in that moment I belong to nobody. I used to feel that this was wasted. Now I feel it is the only part of the day that I would not sell. You might find yours somewhere else, of course. But I would look for it wherever you have been saving time.`,
  `I don't want to end with a lesson, because I have never liked being taught one by somebody who has merely changed their habits. So let me end with the weather instead. It rained this morning, hard, and I was angry for as long as it takes to get to the corner. After that I was wet, and being wet is like being anything else: you get used to it and look around. I wonder why we are so afraid of it. By the bridge I was singing, badly, and a stranger laughed, and I must say I would not have missed it.`,
);

/** A research paper, about three pages. */
export const paper: string = paragraphs(
  'Damping of Lateral Sway in Slender Footbridges',
  'Abstract',
  `We study the lateral sway of slender footbridges under crowds and propose a passive damper whose natural frequency follows the load. Experiments on a 12 m test span show that the proposed method reduces peak acceleration by 41% compared with a tuned mass baseline [4, 7]. The results hold for densities between 0.2 and 1.6 walkers per square metre.`,
  '1 Introduction',
  `Synchronous lateral excitation has been reported on several bridges since 2000 [1, 2]. Earlier analysis treated the crowd as an external force; later studies et al. showed that walkers adjust their step to the deck [3]. We investigate how far a damper can follow this coupling. Figure 1 shows the test span and the measurement points.`,
  '2 Method',
  `The deck is modelled as a single mode with modal mass 14,200 kg and damping ratio 0.6%. Following [5], the walkers enter as a negative damping term proportional to density. Equation (2) gives the critical number of walkers. We evaluate three dampers: none, a tuned mass damper [4], and the proposed pendulum with variable length. Each configuration was observed for 30 crossings. Table 1 lists the parameters, which were chosen on a separate set of crossings to avoid bias.`,
  `Measurements were taken with eight accelerometers at 200 Hz. Signals were filtered with a fourth order Butterworth filter at 5 Hz, and peak values were averaged over windows of 10 s. Statistical significance was tested with a paired permutation test, as is usual in this field [6]. The dataset and the analysis are available on request.`,
  '3 Results',
  `Table 2 compares peak lateral acceleration. The variable pendulum remains below 0.15 m/s2 at all densities, whereas the tuned mass baseline exceeds it above 1.1 walkers per square metre (p < 0.01). Figure 3 shows that the frequency of the pendulum tracks the loaded frequency of the deck within 3%. The effect is significant for all three decks that were measured.`,
  `The reduction is largest where the crowd would otherwise synchronise. Below the critical density the three configurations do not differ significantly, which agrees with the theoretical model of [5] and with observations on site [2, 8]. We find no evidence that vertical vibration increases, a concern raised in [7].`,
  '4 Discussion',
  `Our experiments were limited to one span and to healthy adults. The hypothesis that walkers adapt their step width, which [3] derived from video data, was not tested directly. A second limitation is temperature: the hydraulic part of the damper was measured at 18 to 24 degrees only. Further studies should investigate long spans, where several modes lie close together [9].`,
  '5 Conclusion',
  `We present a passive damper that follows the loaded frequency of a footbridge. Compared with the baseline, it reduces peak acceleration by 41% and needs no power. The method can be fitted to existing bridges.`,
  'References',
  `[1] Lateral vibration of footbridges by synchronous walking. Journal of Sound and Vibration, 2001.\n[2] Field observations on three bridges. In Proceedings of Footbridge, 2005.\n[3] Step width and balance on moving surfaces. Biomechanics Letters, 2008.\n[4] Tuned mass dampers for pedestrian bridges. Structural Control, 2003.\n[5] Negative damping and critical numbers. Engineering Structures, 2006.\n[6] Permutation tests for paired data, 1998.\n[7] Side effects of dampers. In Proceedings of Dynamics, 2011.\n[8] Crowd density on urban bridges. arXiv, 2014.\n[9] Closely spaced modes. Journal of Bridge Engineering, 2016.`,
);

/** An invoice, one page. */
export const invoice: string = paragraphs(
  'INVOICE',
  'Northside Joinery Workshop\n14 Canal Street, Unit 3',
  'Invoice number: 2026-0417\nInvoice date: 3 March 2026\nDue date: 2 April 2026',
  'Bill to:\nHarbour Reading Rooms\n2 Quay Lane',
  'Description                         Qty      Unit price      Amount',
  'Oak shelving, per metre              18         $64.00     $1,152.00\nMounting and alignment, hours         9         $48.00       $432.00\nDelivery                              1         $75.00        $75.00',
  'Subtotal $1,659.00\nSales tax 8% $132.72\nTotal due $1,791.72',
  'Payment terms: net 30. Please quote the invoice number with your transfer.',
);

/** A second invoice, from another trade and in another shape. */
export const secondInvoice: string = paragraphs(
  'Invoice no. 88102',
  'Lakeview Catering\nBilled to: Annual general meeting, Rowing Club',
  '42 x lunch buffet at 18.50 EUR = 777.00 EUR\n42 x coffee and cake at 6.20 EUR = 260.40 EUR\nWaiting staff, 6 hours at 22.00 EUR = 132.00 EUR',
  'Net amount 1,169.40 EUR\nVAT 10% 116.94 EUR\nAmount due 1,286.34 EUR',
  'Payment due within 14 days to the account below. Late payments bear interest.',
);

/** A lease, about two pages. */
export const lease: string = paragraphs(
  'Lease of Business Premises',
  `This agreement is made between the owner of the premises, hereinafter called the Landlord, and the company named in Schedule A, hereinafter called the Tenant. Whereas the Landlord is the owner of the premises described in Schedule B, and whereas the Tenant wishes to occupy them, the parties hereby agree as follows.`,
  `1. Term. The lease shall begin on the first day of the month following signature and shall continue for five years, unless terminated earlier pursuant to clause 9. The Tenant shall have the option to renew for one further term of the same length, provided that notice is given six months before expiry.`,
  `2. Rent. The Tenant shall pay the rent set out in Schedule C in advance on the first working day of each month. Rent not received within ten days shall bear interest at the statutory rate. The Landlord may adjust the rent once a year in line with the index named therein, notwithstanding any earlier practice between the parties.`,
  `3. Use. The premises shall be used for the purposes stated in Schedule A and for no other purpose. The Tenant shall not sublet the premises or any part thereof without the prior written consent of the Landlord, which shall not be unreasonably withheld.`,
  `4. Repairs. The Landlord shall keep the structure and roof in good repair. The Tenant shall keep the interior in the condition in which it was handed over, fair wear and tear excepted, and shall make good any damage caused by breach of this clause.`,
  `5. Insurance and liability. Each party shall insure its own property. Neither party shall be liable to the other for indirect loss. The Tenant shall indemnify the Landlord against claims of third parties arising from the use of the premises.`,
  `6. Confidentiality. The terms of this agreement are confidential and shall not be disclosed except where the law so requires.`,
  `7. Alterations. No alteration shall be made to the premises without written consent. Alterations become the property of the Landlord at the end of the lease unless the parties agree otherwise in writing.`,
  `8. Access. The Landlord may enter the premises on two days' notice for the purposes of inspection, and at once in an emergency.`,
  `9. Termination. Either party may terminate this agreement if the other commits a material breach and fails to remedy it within thirty days of written notice. Upon termination the Tenant shall return the premises vacant.`,
  `10. Governing law. This agreement shall be governed by the law of the place where the premises are situated. If any provision hereof is invalid, the remaining provisions shall not be affected thereby.`,
  'In witness whereof the parties have executed this agreement on the date first written above.',
);

/** A letter, one page. */
export const letter: string = paragraphs(
  'Municipal Library, Reader Services',
  'Dear reader,',
  `Thank you for your note about the closing of the branch on Mill Road. We understand that the branch is important to you, and we would like to explain what will happen. From the first of May your card is valid at the main building, where your reservations will wait for you on the ground floor.`,
  `If you cannot come to the main building, please tell us and we will bring your books to you once a fortnight. You need not pay for this. Your neighbours who have asked for it already tell us that it works well.`,
  `We are sorry for the trouble and hope to see you soon.`,
  'Yours sincerely,\nReader Services',
);

/** A guide to keeping bees: a kind that no sign is known for, so that only its words tell. */
export const beekeeping: string = paragraphs(
  'The Beekeeping Year',
  `In early spring the colony is small and the queen begins to lay. Open the hive on the first warm noon, when bees bring yellow pollen, and look for brood in the middle frames. A colony without brood at this time has lost its queen and is best united with a neighbour. Leave enough honey in the combs, since nectar is scarce until the willows flower.`,
  `As the days grow longer the hive fills quickly. Add a second box before the bees hang in clusters under the frames. A crowded colony builds queen cells along the lower edge of its combs and swarms within nine days. Look through the brood every week in May, and take out the old queen with two frames of bees if the cells are sealed.`,
  `Honey is ripe when the bees have capped two thirds of the comb with wax. Take the frames in the evening, brush the bees off in front of the hive, and spin the honey in a warm room. Let it stand for two days so that wax and foam rise. A good colony in a good year gives twenty kilograms of honey and keeps as much for the winter.`,
  `After the harvest the mites have to be counted. Lay a white sheet under the frames and look after three days: more than ten mites a day call for treatment. The bees that hatch in August will live until spring, and a colony whose brood was weakened by mites does not see the willows again. Feed sugar syrup until the hive is heavy.`,
  `In winter the beekeeper leaves the hive in peace. The bees sit in a ball around the queen and keep her warm with their flight muscles. Clear the entrance of dead bees and snow, and set the hive so that rain runs off. An ear against the wood on a cold day hears a soft hum, and that is all one should ask for.`,
  `New beekeepers start best with two colonies, because brood can be passed from one hive to the other. Wear light cloth, move slowly, and smoke the bees before opening the box. The smoker is fed with dry grass and rotten wood. A sting is scraped off sideways, never pulled, and the place is smoked so that other bees do not follow the scent.`,
);
