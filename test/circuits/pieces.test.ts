import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, hexToBytes } from "viem";
import { packAccount } from "../../builder/kinds/ledger/account.ts";
import { MAX_RETURN_DATA_BYTES } from "../../builder/kinds/ledger/limits.ts";
import { resume } from "../../builder/kinds/ledger/operation.ts";
import { type Action, ActionKind } from "../../builder/protocol/action.ts";
import { chainId, L1 } from "../../builder/protocol/ids.ts";
import { dataWords, packedWord } from "../../builder/protocol/statement.ts";
import type { Circuit } from "./support/circuit.ts";
import { compileTemplate } from "./support/compile.ts";
import { freeWires } from "./support/pinned.ts";
import { ALICE, BOB, reply, SELF } from "./support/visits.ts";

const UINT64 = (1n << 64n) - 1n;

describe("circuits/ledger: small parts", function () {
  this.timeout(180_000);

  it("packs an action's first word as the statement does", async function () {
    const circuit = await compileTemplate("ledger/packed_word.circom", "PackedWord");
    const action: Action = {
      kind: ActionKind.L2TX,
      from: chainId(UINT64),
      to: chainId(5),
      sender: ALICE,
      target: BOB,
      value: 0n,
      failed: true,
      isStatic: true,
      gas: 2 ** 32 - 1,
      data: `0x${"11".repeat(300)}`,
    };
    const input = {
      kind: 2n,
      failed: 1n,
      isStatic: 1n,
      from: UINT64,
      to: 5n,
      length: 300n,
      gas: (1n << 32n) - 1n,
    };
    expect(await circuit.output(input, "out")).to.equal(packedWord(action));
  });

  it("splits an account's value, and refuses what is no account", async function () {
    const circuit = await compileTemplate("ledger/account_value.circom", "AccountValue");
    for (const account of [
      { balance: 0n, nonce: 0n },
      { balance: 0x1234n, nonce: 9n },
      { balance: (1n << 128n) - 1n, nonce: UINT64 },
    ]) {
      const witness = await circuit.checked({ value: packAccount(account) });
      expect(circuit.value(witness, "balance")).to.equal(account.balance);
      expect(circuit.value(witness, "balanceLowByte")).to.equal(account.balance & 255n);
      expect(circuit.value(witness, "nonce")).to.equal(account.nonce);
      expect(freeWires(circuit, witness)).to.deep.equal([]);
    }
    expect(await circuit.refuses({ value: 1n << 192n })).to.equal(true);
  });

  describe("data handed on", function () {
    let circuit: Circuit;

    before(async function () {
      circuit = await compileTemplate("ledger/forwarded_data.circom", "ForwardedData");
    });

    it("is the executor's, for every length", async function () {
      const lengths = fc.oneof(
        fc.constantFrom(0, 1, 31, 32, 33, 63, 64, 255, 256),
        fc.nat(MAX_RETURN_DATA_BYTES),
      );
      await fc.assert(
        fc.asyncProperty(lengths, fc.boolean(), async (length, failed) => {
          const bytes = Uint8Array.from({ length }, (_, index) => (index * 7 + 1) & 255);
          const expected = dataWords(hexToBytes(resume(SELF, L1, reply(L1, bytesToHex(bytes), failed)).data));
          const witness = await circuit.outputs(
            {
              enabled: 1n,
              failed: failed ? 1n : 0n,
              data: Array.from({ length: MAX_RETURN_DATA_BYTES }, (_, index) => BigInt(bytes[index] ?? 0)),
              length: BigInt(length),
            },
            "words",
          );
          expect(witness.slice(0, expected.length)).to.deep.equal(expected);
          expect(witness.slice(expected.length).every((word) => word === 0n)).to.equal(true);
        }),
        { numRuns: 60 },
      );
    });

    it("is nothing when disabled", async function () {
      const data = Array<bigint>(MAX_RETURN_DATA_BYTES).fill(0n);
      const witness = await circuit.checked({ enabled: 0n, failed: 0n, data, length: 0n });
      for (let word = 0; word < 11; word++) {
        expect(circuit.value(witness, `words[${word}]`)).to.equal(0n);
        expect(circuit.value(witness, `present[${word}]`)).to.equal(0n);
      }
    });
  });
});
