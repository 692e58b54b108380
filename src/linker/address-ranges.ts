/** A range of guest addresses. */
export interface AddressRange {
  readonly address: number;
}

/** The last of the ranges, which ascend by address, that does not begin above `address`; it may end below. */
export const rangeAt = <R extends AddressRange>(ranges: readonly R[], address: number): R | undefined => {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle]!.address <= address) low = middle + 1;
    else high = middle;
  }
  return ranges[low - 1];
};
