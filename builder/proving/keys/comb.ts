import { AffineSums } from "./affine-sums.ts";
import { type CurveFunction, type CurveMemory, type GroupName, POINT_BYTES } from "./curve-memory.ts";
import { digitAt } from "./digits.ts";
import { ELEMENT_BYTES } from "./little-endian.ts";

const SCALAR_BITS = 8 * ELEMENT_BYTES;

/** Points as the files of snarkjs hold them; see {@link Comb.multiply}. */
export interface CombPoints {
  /** Affine, little-endian Montgomery coordinates; zero is all zeros. */
  readonly points: Uint8Array<ArrayBuffer>;
  /** The same in the uncompressed form that is hashed: big-endian, flags in the first byte. */
  readonly uncompressed: Uint8Array<ArrayBuffer>;
}

/**
 * Many multiples of a group's generator G. A table holds d·2^(wj)·G for every window j and digit d < 2^w, so
 * a multiple costs one addition per non-zero digit.
 */
export class Comb {
  readonly #memory: CurveMemory;
  readonly #group: GroupName;
  readonly #window: number;
  readonly #table: number;
  readonly #addMixed: CurveFunction;
  readonly #toAffine: CurveFunction;
  readonly #toUncompressed: CurveFunction;
  readonly #copyAffine: CurveFunction;

  /**
   * @param window width in bits: wider ones pay off with more multiples; the table has 2^window points per
   * window.
   */
  constructor(memory: CurveMemory, group: GroupName, window: number) {
    this.#memory = memory;
    this.#group = group;
    this.#window = window;
    this.#addMixed = memory.function(`${group}m_addMixed`);
    this.#toAffine = memory.function(`${group}m_batchToAffine`);
    this.#toUncompressed = memory.function(`${group}m_batchLEMtoU`);
    this.#copyAffine = memory.function(`${group}m_copyAffine`);
    this.#table = this.#buildTable();
  }

  /**
   * @param scalars 32 bytes each, little-endian, below the group's order; some thousands at a time, since
   * memory grows with their number.
   */
  multiply(scalars: Uint8Array): CombPoints {
    const { affine } = POINT_BYTES[this.#group];
    const memory = this.#memory;
    const count = scalars.length / ELEMENT_BYTES;
    const windows = Math.ceil(SCALAR_BITS / this.#window);
    const stride = affine << this.#window;
    return memory.scoped(() => {
      const points = memory.allocate(count * affine);
      const uncompressed = memory.allocate(count * affine);
      const sums = new AffineSums(memory, this.#group, count);
      const isZero = new Uint8Array(count).fill(1);
      for (let j = 0; j < windows; j++) {
        for (let index = 0; index < count; index++) {
          const digit = digitAt(scalars, index * ELEMENT_BYTES, j * this.#window, this.#window);
          if (digit === 0) continue;
          const [sum, multiple] = [points + index * affine, this.#table + j * stride + digit * affine];
          // The sum is that of the lower digits, l·G with l < d·2^(wj) and l + d·2^(wj) below the order:
          // another point, and not the negative.
          if (isZero[index] === 0) sums.add(sum, multiple);
          else this.#copyAffine(multiple, sum);
          isZero[index] = 0;
        }
        sums.endRound();
      }
      this.#toUncompressed(points, count, uncompressed);
      return {
        points: memory.bytes(points, count * affine).slice(),
        uncompressed: memory.bytes(uncompressed, count * affine).slice(),
      };
    });
  }

  #buildTable(): number {
    const { affine, jacobian } = POINT_BYTES[this.#group];
    const memory = this.#memory;
    const digits = 1 << this.#window;
    const windows = Math.ceil(SCALAR_BITS / this.#window);
    const table = memory.allocate(windows * digits * affine);
    memory.scoped(() => {
      const multiples = memory.allocate((digits + 1) * jacobian);
      const row = memory.allocate((digits + 1) * affine);
      const base = memory.allocate(affine);
      memory.scratch((digits + 2) * affine);
      // The generator is Jacobian with z = 1: its first two coordinates are the affine point.
      memory.write(base, memory.bytes(memory.generators[this.#group], affine));
      for (let j = 0; j < windows; j++) {
        for (let digit = 1; digit <= digits; digit++) {
          this.#addMixed(multiples + (digit - 1) * jacobian, base, multiples + digit * jacobian);
        }
        this.#toAffine(multiples, digits + 1, row);
        memory.write(table + j * digits * affine, memory.bytes(row, digits * affine));
        memory.write(base, memory.bytes(row + digits * affine, affine));
      }
    });
    return table;
  }
}
