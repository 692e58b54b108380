import {
  type HomeRequest,
  type HomeSource,
  LARGEST_HOME,
  LinearHome,
  WASM_PAGE,
} from '../memory/linear-home.ts';
import { roundUp } from '../memory/region.ts';

/** WebAssembly memories of one program; those of instances that were disposed of serve the next ones. */
export class Homes implements HomeSource {
  readonly #idle: LinearHome[] = [];

  take({ layout, bytes, room, reach }: HomeRequest): LinearHome | undefined {
    const idle = this.#idle.pop();
    if (idle?.grow(bytes)) return idle;
    const pages = (size: number): number => roundUp(Math.min(size, LARGEST_HOME), WASM_PAGE) / WASM_PAGE;
    // All that 32 bits address, for engines that reserve it lazily; else what the guest can come to need.
    for (const [initial, maximum] of [
      [bytes + room, LARGEST_HOME],
      [bytes, reach],
    ] as const) {
      try {
        const limits = { initial: pages(initial), maximum: pages(maximum) };
        return new LinearHome(new WebAssembly.Memory(limits), layout, limits.maximum * WASM_PAGE);
      } catch {}
    }
    return undefined;
  }

  give(home: LinearHome): void {
    this.#idle.push(home);
  }
}
