import { concatHex, type Hex, keccak256, numberToHex } from "viem";
import { FIELD_MODULUS as P } from "../../protocol/ids.ts";
import { encodeG2, type G1Point, type G2Point } from "../keys/verification-key.ts";
import { codeRows } from "./code-rows.ts";
import type { Polynomial, Polynomials } from "./polynomials.ts";

/** What commitments to codes are made with. */
export interface CodePowers {
  /** Σ coefficient·[τ^i]₁; coefficients in standard form, 32 bytes each. */
  readonly sum: (coefficients: Uint8Array) => Promise<G1Point>;
  /** [τ]₂. */
  readonly tau: G2Point;
}

/** A code with its polynomial Z_T, whose roots are its rows. */
export interface CodeTable {
  readonly codeHash: Hex;
  readonly rows: readonly bigint[];
  readonly polynomial: Polynomial;
}

/** What `registerCode` takes beside the code. */
export interface CodeRegistration {
  readonly tau: readonly [bigint, bigint, bigint, bigint];
  readonly commitment: G1Point;
  readonly opening: G1Point;
}

/** Name of the powers of tau on chain: keccak256 of [τ]₂. */
export function hashTau(tau: G2Point): Hex {
  return keccak256(encodeG2(tau));
}

/** Commitments to codes, and openings of them (KZG; docs/proving-evm.md, section 5). */
export class CodeCommitments {
  readonly #polynomials: Polynomials;
  readonly #powers: CodePowers;

  constructor(polynomials: Polynomials, powers: CodePowers) {
    this.#polynomials = polynomials;
    this.#powers = powers;
  }

  /** [τ]₂ of the powers. */
  get tau(): G2Point {
    return this.#powers.tau;
  }

  table(code: Uint8Array): CodeTable {
    const rows = codeRows(code);
    return { codeHash: keccak256(code), rows, polynomial: this.#polynomials.fromRoots(rows) };
  }

  async register({ codeHash, polynomial }: CodeTable): Promise<CodeRegistration> {
    const commitment = await this.#commit(polynomial);
    const words = commitment.map((coordinate) => numberToHex(coordinate, { size: 32 }));
    const at = BigInt(keccak256(concatHex([codeHash, ...words]))) % P;
    const opening = await this.#commit(this.#polynomials.divide(polynomial, at).quotient);
    const [[x0, x1], [y0, y1]] = this.#powers.tau;
    return { tau: [x1, x0, y1, y0], commitment, opening };
  }

  /** Q, the product over the rows that no proof vouches for, and its commitment, shown before challenges. */
  async quotient(
    table: CodeTable,
    used: ReadonlySet<bigint>,
  ): Promise<{ quotient: Polynomial; commitment: G1Point }> {
    const quotient = this.#polynomials.fromRoots(table.rows.filter((row) => !used.has(row)));
    return { quotient, commitment: await this.#commit(quotient) };
  }

  /**
   * W of Σ r·((γ − E)·Z_T − P·Q) at γ.
   * @param codes each with its factors: r·(γ − E) and r·P.
   * @throws {RangeError} when that is not zero at γ: a proof vouches for a row that its code does not have.
   */
  async open(
    codes: readonly {
      readonly table: CodeTable;
      readonly quotient: Polynomial;
      readonly factor: bigint;
      readonly product: bigint;
    }[],
    gamma: bigint,
  ): Promise<G1Point> {
    const combined = this.#polynomials.combine(
      codes.flatMap(({ table, quotient, factor, product }) => [
        [factor, table.polynomial] as const,
        [(P - product) % P, quotient] as const,
      ]),
    );
    const { quotient, isExact } = this.#polynomials.divide(combined, gamma);
    if (!isExact) throw new RangeError("A proof vouches for a row that its code does not have");
    return await this.#commit(quotient);
  }

  async #commit(polynomial: Polynomial): Promise<G1Point> {
    return await this.#powers.sum(this.#polynomials.scalars(polynomial));
  }
}
