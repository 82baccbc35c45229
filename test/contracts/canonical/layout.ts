import { concatHex, type Hex, numberToHex, padHex, size, slice } from "viem";
import { type BatchValue, POST_BATCH_SELECTOR } from "../../../builder/protocol/batch.ts";

/** What a word of a batch's calldata is for. */
export type Role = "offset" | "length" | "number" | "key" | "bytes";

/** A word of calldata. */
export interface Word {
  /** Where its first byte is. */
  readonly at: number;
  readonly role: Role;
  /** A path into the batch, such as `proofs[0].proof offset`. */
  readonly name: string;
  readonly word: Hex;
  /** How many of its bytes mean something: the last ones of a number, the first ones of bytes. */
  readonly meaning: number;
}

/**
 * Calldata of `postBatch` as the ABI lays it out, put together word by word without viem's encoder, so that
 * it is known what each of them is for.
 */
export function layOut(batch: BatchValue): { readonly data: Hex; readonly words: readonly Word[] } {
  const { words } = new Layout(batch);
  return { data: concatHex([POST_BATCH_SELECTOR, ...words.map(({ word }) => word)]), words };
}

class Layout {
  readonly words: Word[] = [];

  constructor(batch: BatchValue) {
    const toBatch = this.#offset("batch");
    toBatch();
    const start = this.#here;
    this.#number("timestamp", batch.timestamp, 8);
    this.#number("blobCount", batch.blobCount, 1);
    const toExecutions = this.#offset("executions", start);
    const toProofs = this.#offset("proofs", start);
    toExecutions();
    this.#items("executions", batch.executions, (one, name) => {
      this.#execution(one, name);
    });
    toProofs();
    this.#items("proofs", batch.proofs, (one, name) => {
      this.#proof(one, name);
    });
  }

  get #here(): number {
    return size(POST_BATCH_SELECTOR) + 32 * this.words.length;
  }

  #put(role: Role, name: string, word: Hex, meaning: number): void {
    this.words.push({ at: this.#here, role, name, word, meaning });
  }

  #number(name: string, value: bigint | number | boolean | Hex, bytes: number): void {
    this.#put("number", name, numberToHex(BigInt(value), { size: 32 }), bytes);
  }

  #length(name: string, value: number): void {
    this.#put("length", `${name} length`, numberToHex(value, { size: 32 }), 32);
  }

  /**
   * An offset to what is put after the returned function was called.
   * @param start that it counts from.
   */
  #offset(what: string, start = this.#here): () => void {
    const index = this.words.length;
    const [at, name] = [this.#here, `${what} offset`];
    this.words.push({ at, role: "offset", name, word: "0x", meaning: 32 });
    return () => {
      const word = numberToHex(this.#here - start, { size: 32 });
      this.words[index] = { at, role: "offset", name, word, meaning: 32 };
    };
  }

  /** An array whose items have a length of their own. */
  #items<T>(name: string, items: readonly T[], put: (item: T, name: string) => void): void {
    this.#length(name, items.length);
    const start = this.#here;
    const offsets = items.map((_, at) => this.#offset(`${name}[${String(at)}]`, start));
    items.forEach((item, at) => {
      offsets[at]?.();
      put(item, `${name}[${String(at)}]`);
    });
  }

  #bytes(name: string, data: Hex): void {
    const length = size(data);
    this.#length(name, length);
    for (let at = 0; at < length; at += 32) {
      const part = slice(data, at, Math.min(at + 32, length));
      this.#put("bytes", name, padHex(part, { size: 32, dir: "right" }), size(part));
    }
  }

  #execution({ actions, visits, marks }: BatchValue["executions"][number], name: string): void {
    const start = this.#here;
    const [toActions, toVisits, toMarks] = [
      this.#offset(`${name}.actions`, start),
      this.#offset(`${name}.visits`, start),
      this.#offset(`${name}.marks`, start),
    ];
    toActions();
    this.#items(`${name}.actions`, actions, (action, of) => {
      const head = this.#here;
      this.#number(`${of}.kind`, action.kind, 1);
      this.#number(`${of}.from`, action.from, 8);
      this.#number(`${of}.to`, action.to, 8);
      this.#number(`${of}.sender`, action.sender, 20);
      this.#number(`${of}.target`, action.target, 20);
      this.#number(`${of}.value`, action.value, 16);
      this.#number(`${of}.failed`, action.failed, 1);
      this.#number(`${of}.isStatic`, action.isStatic, 1);
      this.#number(`${of}.gas`, action.gas, 4);
      this.#offset(`${of}.data`, head)();
      this.#bytes(`${of}.data`, action.data);
    });
    toVisits();
    this.#length(`${name}.visits`, visits.length);
    visits.forEach(({ rollup, rootBefore, rootAfter }, at) => {
      this.#number(`${name}.visits[${String(at)}].rollup`, rollup, 8);
      this.#put("key", `${name}.visits[${String(at)}].rootBefore`, rootBefore, 32);
      this.#put("key", `${name}.visits[${String(at)}].rootAfter`, rootAfter, 32);
    });
    toMarks();
    this.#length(`${name}.marks`, marks.length);
    marks.forEach(({ kind, at: place, to }, at) => {
      this.#number(`${name}.marks[${String(at)}].kind`, kind, 1);
      this.#number(`${name}.marks[${String(at)}].at`, place, 4);
      this.#number(`${name}.marks[${String(at)}].to`, to, 4);
    });
  }

  #proof({ rollup, verificationKey, visits, proof }: BatchValue["proofs"][number], name: string): void {
    const start = this.#here;
    this.#number(`${name}.rollup`, rollup, 8);
    this.#put("key", `${name}.verificationKey`, verificationKey, 32);
    const toVisits = this.#offset(`${name}.visits`, start);
    const toProof = this.#offset(`${name}.proof`, start);
    toVisits();
    this.#length(`${name}.visits`, visits.length);
    visits.forEach((visit, at) => {
      this.#number(`${name}.visits[${String(at)}]`, visit, 4);
    });
    toProof();
    this.#bytes(`${name}.proof`, proof);
  }
}
