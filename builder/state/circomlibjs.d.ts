/** The parts of circomlibjs 0.1.7 that Lockstep uses; the package has no types of its own. */
declare module "circomlibjs" {
  /** A field element in the library's own form: 32 bytes, little-endian, Montgomery. */
  export type Fe = Uint8Array;

  export interface Fr {
    /** From an integer, reduced modulo the field. */
    e(value: bigint): Fe;
    /** To the integer in [0, p). */
    toObject(element: Fe): bigint;
    isZero(element: Fe): boolean;
  }

  export type Point = [Fe, Fe];

  export interface BabyJub {
    readonly F: Fr;
    readonly subOrder: bigint;
    /** The point whose multiples are public keys. */
    readonly Base8: Point;
    inCurve(point: Point): boolean;
    mulPointEscalar(base: Point, scalar: bigint): Point;
  }

  export interface EddsaSignature {
    R8: Point;
    S: bigint;
  }

  export interface Eddsa {
    readonly F: Fr;
    readonly babyJub: BabyJub;
    /** Public key of a 32-byte private key. */
    prv2pub(privateKey: Uint8Array): Point;
    signPoseidon(privateKey: Uint8Array, message: Fe): EddsaSignature;
    verifyPoseidon(message: Fe, signature: EddsaSignature, publicKey: Point): boolean;
  }

  export interface PoseidonWasm {
    /** 1 to 16 inputs. */
    (inputs: readonly (bigint | Fe)[]): Fe;
    readonly F: Fr & {
      readonly tm: {
        /** The WebAssembly that it runs. */
        readonly code: Uint8Array;
      };
    };
  }

  export function buildPoseidon(): Promise<PoseidonWasm>;
  /** The plain, unoptimised permutation: slow, for tests. */
  export function buildPoseidonReference(): Promise<PoseidonWasm>;
  export function buildEddsa(): Promise<Eddsa>;
}
