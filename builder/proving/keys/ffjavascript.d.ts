/** The part of ffjavascript (untyped) that Lockstep uses. */
declare module "ffjavascript" {
  /** A point as ffjavascript holds it: bytes in the library's own form. */
  export type Point = Uint8Array;

  /** A group of points; `Coordinate` is an element of the field they are over. */
  export interface Group<Coordinate = unknown> {
    readonly F: { readonly n8: number };
    readonly zero: Point;
    /** The generator. */
    readonly g: Point;
    fromRng(rng: ChaCha): Point;
    toAffine(point: Point): Point;
    /** Coordinates of an affine point; those over the extension field have their real part first. */
    toObject(point: Point): [x: Coordinate, y: Coordinate];
    add(a: Point, b: Point): Point;
    double(point: Point): Point;
    isZero(point: Point): boolean;
    timesScalar(point: Point, scalar: bigint): Point;
    /**
     * Σ scalar·point.
     * @param points affine, as in the files of snarkjs.
     * @param scalars 32 bytes each, little-endian, in standard form.
     */
    multiExpAffine(points: Uint8Array, scalars: Uint8Array): Promise<Point>;
    /** Writes the affine point, little-endian Montgomery coordinates. */
    toRprLEM(buffer: Uint8Array, offset: number, point: Point): void;
    /** Reads what {@link toRprLEM} writes. */
    fromRprLEM(buffer: Uint8Array, offset: number): Point;
    /** Multiplies affine point i, as {@link toRprLEM} writes them, with first·increment^i. */
    batchApplyKey(points: Uint8Array, first: Uint8Array, increment: Uint8Array): Promise<Uint8Array>;
  }

  /** One step of work for a thread of the library, on memory of its own. */
  export type Command =
    | { readonly cmd: "ALLOCSET"; readonly var: number; readonly buff: Uint8Array }
    | { readonly cmd: "ALLOC"; readonly var: number; readonly len: number }
    | {
        readonly cmd: "CALL";
        readonly fnName: string;
        readonly params: readonly ({ readonly var: number } | { readonly val: number })[];
      }
    | { readonly cmd: "GET"; readonly out: number; readonly var: number; readonly len: number };

  /** The scalar field: arrays of elements in Montgomery form, 32 bytes each. */
  export interface ScalarField {
    readonly one: Uint8Array;
    fromRng(rng: ChaCha): Uint8Array;
    /** An element as a number. */
    toObject(element: Uint8Array): bigint;
    e(value: bigint): Uint8Array;
    /** w[k] is a root of unity of order 2^k. */
    readonly w: readonly Uint8Array[];
    fft(values: Uint8Array): Promise<Uint8Array>;
    ifft(values: Uint8Array): Promise<Uint8Array>;
    /** Multiplies value i with first·increment^i. */
    batchApplyKey(values: Uint8Array, first: Uint8Array, increment: Uint8Array): Promise<Uint8Array>;
  }

  export interface Curve {
    readonly Fr: ScalarField;
    readonly G1: Group<bigint>;
    readonly G2: Group<[real: bigint, imaginary: bigint]>;
    /** Bytes of points of G1 and G2 as the pairing's Miller loop takes them. */
    readonly prePSize: number;
    readonly preQSize: number;
    readonly tm: {
      /** The curve's WebAssembly module; single-threaded curves only. */
      readonly code: Uint8Array<ArrayBuffer>;
      readonly pG1gen: number;
      readonly pG2gen: number;
      /** Number of threads. */
      readonly concurrency: number;
      /** Runs the commands on the next free thread; returns what they GET. */
      queueAction(commands: readonly Command[]): Promise<Uint8Array[]>;
    };
    terminate(): Promise<void>;
  }

  /** With threads, one curve is shared by everything in the calling thread. */
  export function buildBn128(singleThread: boolean): Promise<Curve>;

  export class ChaCha {
    /** @param seed eight 32-bit words. */
    constructor(seed: number[]);
  }
}
