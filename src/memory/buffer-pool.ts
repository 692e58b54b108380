/** Bytes that one pool keeps at most. */
const CAPACITY = 64 << 20;

/**
 * Zeroed buffers of one size, for a module's next instances. A new buffer costs the engine a garbage collection
 * for every few MiB, which is most of the cost of a short-lived instance.
 */
export class BufferPool {
  readonly #buffers: ArrayBuffer[] = [];

  /** A zeroed buffer of `size` bytes, if there is one. */
  take(size: number): ArrayBuffer | undefined {
    return this.#buffers.at(-1)?.byteLength === size ? this.#buffers.pop() : undefined;
  }

  /** Keeps a buffer, all of it zero, that nobody has views of any more. */
  give(buffer: ArrayBuffer): void {
    const first = this.#buffers[0]?.byteLength ?? buffer.byteLength;
    if (buffer.byteLength !== first || (this.#buffers.length + 1) * first > CAPACITY) return;
    this.#buffers.push(buffer);
  }
}
