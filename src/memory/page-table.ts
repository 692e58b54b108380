/** Physical page slot per guest page, in two levels so that a sparse address space stays small. */
export class PageTable {
  readonly #level: (Int32Array | undefined)[] = new Array(1024);

  /** Entry of a page number (0 to 2^20 - 1); 0 when it is not mapped. */
  get(page: number): number {
    const part = this.#level[page >>> 10];
    return part === undefined ? 0 : (part[page & 1023] as number);
  }

  set(page: number, entry: number): void {
    let part = this.#level[page >>> 10];
    if (part === undefined) {
      part = new Int32Array(1024);
      this.#level[page >>> 10] = part;
    }
    part[page & 1023] = entry;
  }

  clear(): void {
    this.#level.fill(undefined);
  }

  /** Calls `visit` for each mapped page, ascending. */
  forEach(visit: (page: number, entry: number) => void): void {
    for (const [high, part] of this.#level.entries()) {
      part?.forEach((entry, low) => {
        if (entry !== 0) visit(high * 1024 + low, entry);
      });
    }
  }
}
