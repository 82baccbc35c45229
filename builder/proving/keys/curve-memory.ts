/**
 * ffjavascript's WebAssembly module of BN254 with the addresses of its generators (Jacobian, z = 1). It can
 * be passed to worker threads, where ffjavascript itself cannot be loaded: its dependency `web-worker` takes
 * every thread for one of its own.
 */
export interface CurveModule {
  readonly module: WebAssembly.Module;
  readonly generators: Readonly<Record<GroupName, number>>;
  /** Bytes of a point as the pairing's Miller loop takes it. */
  readonly preparedBytes: Readonly<Record<GroupName, number>>;
}

/** Bytes of affine and Jacobian points in the module's form (Montgomery, little-endian). */
export const POINT_BYTES = {
  g1: { affine: 64, jacobian: 96 },
  g2: { affine: 128, jacobian: 192 },
} as const;

export type GroupName = keyof typeof POINT_BYTES;

/** A function of the curve's module: all its arguments are addresses and counts. */
export type CurveFunction = (...addresses: number[]) => unknown;

const PAGE = 65_536;

/**
 * BN254 arithmetic in WebAssembly on one's own memory. ffjavascript's interface copies operands in and out
 * for each operation; a set-up does millions of them, so it keeps everything in the module's memory and
 * passes addresses. Free with the garbage collector: no threads, nothing to close.
 */
export class CurveMemory {
  readonly generators: CurveModule["generators"];
  readonly #memory: WebAssembly.Memory;
  readonly #exports: WebAssembly.Exports;

  private constructor(
    generators: CurveModule["generators"],
    memory: WebAssembly.Memory,
    exports: WebAssembly.Exports,
  ) {
    this.generators = generators;
    this.#memory = memory;
    this.#exports = exports;
  }

  static async create({ module, generators }: CurveModule): Promise<CurveMemory> {
    const memory = new WebAssembly.Memory({ initial: 32 });
    const instance = await WebAssembly.instantiate(module, { env: { memory } });
    return new CurveMemory(generators, memory, instance.exports);
  }

  /** @param name as wasmcurves names it, e.g. `frm_mul(a, b, result)`. */
  function(name: string): CurveFunction {
    const found = this.#exports[name];
    if (typeof found !== "function") throw new TypeError(`The curve's module has no function ${name}`);
    return (...addresses) => found(...addresses);
  }

  /** Address of `bytes` zeroed bytes, given back when the enclosing {@link scoped} ends. */
  allocate(bytes: number): number {
    // The module keeps its own free pointer in word 0 and takes scratch space there without growing the
    // memory.
    const address = Math.ceil(this.#free / 8) * 8;
    this.#reserve(address + bytes);
    this.#free = address + bytes;
    this.bytes(address, bytes).fill(0);
    return address;
  }

  /** Runs `work`, then frees what it allocated. */
  scoped<T>(work: () => T): T {
    const before = this.#free;
    try {
      return work();
    } finally {
      this.#free = before;
    }
  }

  /** Makes sure that the module finds `bytes` of scratch space behind what is allocated. */
  scratch(bytes: number): void {
    this.#reserve(this.#free + bytes);
  }

  /** A view of the memory; invalid after the next {@link allocate} or {@link scratch}. */
  bytes(address: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory.buffer, address, length);
  }

  write(address: number, content: Uint8Array): void {
    this.bytes(address, content.length).set(content);
  }

  get #free(): number {
    return new DataView(this.#memory.buffer).getUint32(0, true);
  }

  set #free(address: number) {
    new DataView(this.#memory.buffer).setUint32(0, address, true);
  }

  #reserve(end: number): void {
    const missing = end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
  }
}
