/**
 * The one error class of riscbox.
 *
 * Only broken input and misuse throw; what a guest does is returned as a `Stop`. `code` is stable across
 * releases and is what programs should test; `message` is for people and ends with what to do next.
 */
export class RiscboxError extends Error {
  override readonly name = 'RiscboxError';
  /** `area/what`, for example `blob/truncated`. */
  readonly code: string;
  /** The fields the message was made from. */
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, detail: object = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.detail = detail as Readonly<Record<string, unknown>>;
  }
}

/** A number as messages print addresses and ids. */
export const hex = (value: number): string => `0x${value.toString(16)}`;

/** A message per code, made from that code's structured fields. */
// biome-ignore lint/suspicious/noExplicitAny: the fields of each code are inferred from its own message function.
export type ErrorTable = Readonly<Record<string, (detail: any) => string>>;

/** Makes (does not throw) the error of one area's table: `throw fail('blob/truncated', { at, need, have })`. */
export type Fail<T extends ErrorTable> = <C extends keyof T & string>(
  code: C,
  detail: Parameters<T[C]>[0],
  options?: ErrorOptions,
) => RiscboxError;

/** Code, fields and message of an area's errors stand in one table; this turns it into a constructor. */
export const defineErrors =
  <const T extends ErrorTable>(table: T): Fail<T> =>
  (code, detail, options) =>
    new RiscboxError(code, (table[code] as (d: unknown) => string)(detail), detail as object, options);

/** True for a riscbox error, narrowed by code when one is given. */
export const isRiscboxError = (error: unknown, code?: string): error is RiscboxError =>
  error instanceof RiscboxError && (code === undefined || error.code === code);
