import { type Clock, realClock } from '../linux/clock.ts';

/** The host's clocks with the resolution that Node offers: nanoseconds. */
export const hostClock = (): Clock => realClock(() => process.hrtime.bigint());
