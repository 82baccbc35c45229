/** The part of circom2 (the circom compiler in WebAssembly, untyped) that Lockstep uses. */
declare module "circom2" {
  export interface Bindings {
    /** Has the synchronous functions of node:fs. */
    readonly fs: object | null;
  }

  export const bindings: Bindings;

  export class CircomRunner {
    /** @param options preopens maps folders as the compiler sees them to real ones. */
    constructor(options: {
      args: readonly string[];
      env: Readonly<Record<string, string>>;
      preopens: Readonly<Record<string, string>>;
      bindings: Bindings;
    });
    /** @throws an error with the exit code as `code` when the compiler fails. */
    execute(wasm: Uint8Array): Promise<unknown>;
  }
}
