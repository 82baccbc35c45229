/** The part of the WebAssembly interface that Lockstep uses: neither ES2024 nor Node's types declare it. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Instance {
    readonly exports: Exports;
  }
  class RuntimeError extends Error {}
  type ExportedFunction = (...values: number[]) => number;
  type Exports = Readonly<Record<string, ExportedFunction | Memory>>;
  type Imports = Readonly<Record<string, Readonly<Record<string, object>>>>;
  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(module: Module, imports: Imports): Promise<Instance>;
}
