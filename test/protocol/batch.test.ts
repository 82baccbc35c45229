import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, type Hex, hexToBytes, keccak256 } from "viem";
import {
  type Batch,
  decodeBatch,
  encodeBatch,
  encodeBatchValue,
  batchValue,
  UnreadableBatchError,
} from "../../builder/protocol/batch.ts";
import { anyBatch } from "./arbitraries.ts";

describe("calldata of a batch", function () {
  this.timeout(120_000);

  const decode = (calldata: Hex): Batch => decodeBatch(keccak256(calldata), calldata);
  /** Whether it is read; if it is, then as a batch with this calldata and no other. */
  const isRead = (calldata: Hex): boolean => {
    try {
      expect(encodeBatch(decode(calldata))).to.equal(calldata);
      return true;
    } catch (error) {
      if (error instanceof UnreadableBatchError) return false;
      throw error;
    }
  };

  it("is read as the batch that was written", function () {
    fc.assert(
      fc.property(anyBatch, (batch) => {
        expect(decode(encodeBatch(batch))).to.deep.equal(batch);
      }),
    );
  });

  it("with one byte changed is refused, or is the calldata of another batch", function () {
    const seen = { read: 0, refused: 0 };
    fc.assert(
      fc.property(anyBatch, fc.integer({ min: 1, max: 255 }), (batch, change) => {
        const calldata = encodeBatch(batch);
        const bytes = hexToBytes(calldata);
        for (let at = 0; at < bytes.length; at++) {
          const changed = Uint8Array.from(bytes);
          changed[at] = (changed[at] ?? 0) ^ change;
          seen[isRead(bytesToHex(changed)) ? "read" : "refused"]++;
        }
      }),
      { numRuns: 10 },
    );
    expect(seen.read, "read").to.be.greaterThan(0);
    expect(seen.refused, "refused").to.be.greaterThan(0);
  });

  it("that is cut off, or goes on, is refused", function () {
    fc.assert(
      fc.property(anyBatch, fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(), (batch, more, cut) => {
        const calldata = encodeBatch(batch);
        const bytes = hexToBytes(calldata);
        expect(isRead(bytesToHex(Uint8Array.from([...bytes, ...more])))).to.equal(false);
        expect(isRead(bytesToHex(bytes.subarray(0, cut % bytes.length)))).to.equal(false);
      }),
    );
  });

  it("is refused where it says what no batch says: kinds, and roots outside the field", function () {
    const [mark] = [{ kind: 2, at: 0, to: 0 }];
    const action = {
      from: 0n,
      to: 1n,
      sender: ZERO,
      target: ZERO,
      value: 0n,
      failed: false,
      isStatic: false,
    };
    const visit = { rollup: 1n, rootBefore: FULL, rootAfter: FULL };
    const value = batchValue({ timestamp: 1n, blobCount: 0, executions: [], proofs: [] });
    const empty = { actions: [], visits: [], marks: [] };
    for (const execution of [
      { ...empty, marks: [mark] },
      { ...empty, actions: [{ ...action, kind: 5, gas: 0, data: "0x" }] },
      { ...empty, visits: [visit] },
    ] as const)
      expect(isRead(encodeBatchValue({ ...value, executions: [execution] }))).to.equal(false);
  });

  it("is no other call of Rollups, and not nothing", function () {
    expect(isRead("0x")).to.equal(false);
    expect(isRead("0x00000000")).to.equal(false);
  });
});

const ZERO: Hex = `0x${"00".repeat(20)}`;
const FULL: Hex = `0x${"ff".repeat(32)}`;
