/** A process that says that it is there, and ends with the one that started it. */

process.send?.('here');
process.once('disconnect', () => process.exit());
