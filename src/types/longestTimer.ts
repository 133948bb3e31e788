/** The longest time that a timer can wait, in milliseconds, about 24 days. Node ends longer waits at once. */
export const LONGEST_TIMER: number = 2 ** 31 - 1;
