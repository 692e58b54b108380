/**
 * Error numbers as system calls return them: negative. Source of the numbers: Linux uapi asm-generic
 * errno-base.h and errno.h. File systems answer with these too.
 */
export const Errno = {
  EPERM: -1,
  ENOENT: -2,
  ESRCH: -3,
  EINTR: -4,
  EIO: -5,
  ENXIO: -6,
  E2BIG: -7,
  EBADF: -9,
  ECHILD: -10,
  EAGAIN: -11,
  ENOMEM: -12,
  EACCES: -13,
  EFAULT: -14,
  EBUSY: -16,
  EEXIST: -17,
  EXDEV: -18,
  ENODEV: -19,
  ENOTDIR: -20,
  EISDIR: -21,
  EINVAL: -22,
  ENFILE: -23,
  EMFILE: -24,
  ENOTTY: -25,
  ETXTBSY: -26,
  EFBIG: -27,
  ENOSPC: -28,
  ESPIPE: -29,
  EROFS: -30,
  EMLINK: -31,
  EPIPE: -32,
  EDOM: -33,
  ERANGE: -34,
  EDEADLK: -35,
  ENAMETOOLONG: -36,
  ENOSYS: -38,
  ENOTEMPTY: -39,
  ELOOP: -40,
  EOVERFLOW: -75,
  EILSEQ: -84,
  EOPNOTSUPP: -95,
  ETIMEDOUT: -110,
  EDQUOT: -122,
} as const;

/** A negative error number. */
export type Errno = (typeof Errno)[keyof typeof Errno];

/** `ENOENT` for -2 and so on; undefined if the number isn't in the table. */
export const errnoName = (result: number): keyof typeof Errno | undefined =>
  (Object.keys(Errno) as (keyof typeof Errno)[]).find((name) => Errno[name] === result);

/**
 * What file operations answer: a value, or a negative error number. The value is never a number itself, so
 * `typeof result === 'number'` finds errors.
 */
export type OrErrno<T extends object | string> = T | number;
