/** The part of ffjavascript (untyped) that Lockstep uses. */
declare module "ffjavascript" {
  /** A point as ffjavascript holds it: bytes in the library's own form. */
  export type Point = Uint8Array;

  export interface Group {
    fromRng(rng: ChaCha): Point;
    toAffine(point: Point): Point;
    timesScalar(point: Point, scalar: bigint): Point;
    /** Writes the affine point, little-endian Montgomery coordinates. */
    toRprLEM(buffer: Uint8Array, offset: number, point: Point): void;
  }

  export interface Curve {
    readonly G1: Group;
    readonly G2: Group;
    readonly tm: {
      /** The curve's WebAssembly module; single-threaded curves only. */
      readonly code: Uint8Array<ArrayBuffer>;
      readonly pG1gen: number;
      readonly pG2gen: number;
    };
    terminate(): Promise<void>;
  }

  export function buildBn128(singleThread: true): Promise<Curve>;

  export class ChaCha {
    /** @param seed eight 32-bit words. */
    constructor(seed: number[]);
  }
}
