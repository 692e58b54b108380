/** What a plain number counts exactly, with room for sums. */
const LARGEST_FUEL = 2n ** 52n;

/**
 * A signed 64-bit gas counter whose working part is a plain number, so that runs and host calls touch no
 * bigint. Its value is `reserve + fuel`.
 */
export class GasCounter {
  #reserve = 0n;
  /** What the loop takes from; an integer. */
  fuel = 0;

  get value(): bigint {
    return this.#reserve + BigInt(this.fuel);
  }

  /** Wraps to signed 64 bits. */
  set value(gas: bigint) {
    this.#reserve = BigInt.asIntN(64, gas);
    this.fuel = 0;
    this.refill();
  }

  /** Moves as much as possible into `fuel`. */
  refill(): void {
    const total = this.value;
    const part = total > LARGEST_FUEL ? LARGEST_FUEL : total > 0n ? total : 0n;
    this.fuel = Number(part);
    this.#reserve = total - part;
  }

  isNegative(): boolean {
    return this.fuel < 0 || (this.#reserve < 0n && this.value < 0n);
  }

  covers(cost: number): boolean {
    return this.fuel >= cost || this.value >= BigInt(cost);
  }

  /** Takes `cost`, also below zero. */
  charge(cost: number): void {
    if (this.fuel >= cost && this.fuel > 0) this.fuel -= cost;
    else this.value = this.value - BigInt(cost);
  }

  refund(cost: number): void {
    this.charge(-cost);
  }
}
