/** Entry `riscbox/node`: what guests may be given of a Node host. */
export { hostClock } from './host-clock.ts';
export { HostDirectory, type HostDirectoryOptions } from './host-directory.ts';
export { type StandardStreams, standardStreams } from './standard-streams.ts';
