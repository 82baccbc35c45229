import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createTxFromRLP } from "@ethereumjs/tx";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect } from "chai";
import fc from "fast-check";
import {
  type Hex,
  hexToBytes,
  keccak256,
  numberToHex,
  parseTransaction,
  serializeTransaction,
  toHex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { type TransactionField, TRANSACTION_STATUS } from "../../circuits/bus/transaction-fields.ts";
import { busProofSystemAbi as abi } from "../../builder/protocol/abi.ts";
import { type Action, l2txAction, resultAction } from "../../builder/protocol/action.ts";
import { evmChainIdOf } from "../../builder/protocol/evm-chain-id.ts";
import { chainId, FIELD_MODULUS as P, L1, stateRoot } from "../../builder/protocol/ids.ts";
import { wholeStatementWords } from "../../builder/protocol/statement.ts";
import { statementTuples } from "../../builder/proving/bus/statement-tuples.ts";
import { type Tuple, termsOf } from "../../builder/proving/bus/terms.ts";
import { decodeTransaction } from "../../builder/proving/bus/transaction.ts";
import { BusProver } from "../proving/bus/bus-prover.ts";
import { busStatement, type BusSystem, createBusSystem } from "./bus-system.ts";
import { snapshots } from "./gas-snapshot.ts";
import { expectRevert } from "./outcome.ts";
import { seedOf } from "./seed.ts";

const SEED = seedOf("LOCKSTEP_BUS_SEED");
const ROLLUP = chainId(7);
const CHAIN_ID = evmChainIdOf(31_337n, ROLLUP);
const ACCOUNT = privateKeyToAccount(keccak256("0x07"));
const TO = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

describe("transactions of BusProofSystem", function () {
  this.timeout(120_000);
  let s: BusSystem;
  let prover: BusProver;

  before(async () => {
    s = await createBusSystem();
    prover = await BusProver.open(["bus_any"]);
    await s.register(prover.set);
  });

  function wordsOf(actions: readonly Action[]): bigint[] {
    const header = { l1ChainId: 31_337n, manager: TO, rollup: ROLLUP, timestamp: 1n, blobs: 0n } as const;
    const visit = { rootBefore: stateRoot(1n), rootAfter: stateRoot(2n), actions };
    return wholeStatementWords(header, [visit, visit]);
  }
  const statementOf = (data: Hex) =>
    wordsOf([l2txAction(ROLLUP, data), resultAction({ from: ROLLUP, to: L1, failed: false, data: "0x01" })]);

  async function proven(words: readonly bigint[], tuples: Iterable<Tuple>) {
    const sent = [...tuples];
    const part = {
      key: 0,
      words: [],
      sum: (challenges: Parameters<typeof termsOf>[1]) => (P - termsOf(sent, challenges)) % P,
    };
    const proofs = await prover.proveTogether({ parts: [part], words }, s.where);
    return busStatement(prover.setName, words, proofs);
  }
  const accepts = async (data: Hex) => {
    const words = statementOf(data);
    await s.verify([await proven(words, statementTuples(words))]);
  };

  it("are decoded as TypeScript decodes them, of types 0, 1 and 2", async () => {
    for (const signed of await samples()) {
      expect(decodeTransaction(hexToBytes(signed), CHAIN_ID).status, signed).to.equal(
        TRANSACTION_STATUS.valid,
      );
      await accepts(signed);
    }
  });

  it("say what Ethereum's own library reads", async () => {
    for (const signed of await samples()) {
      const decoded = decodeTransaction(hexToBytes(signed), CHAIN_ID);
      if (decoded.status !== TRANSACTION_STATUS.valid) throw new Error("a valid one");
      const field = (name: TransactionField) => decoded.fields[name];
      const read = ethereumJs(signed);
      const parsed = parseTransaction(signed);
      expect(field("signer")).to.equal(BigInt(ACCOUNT.address));
      expect(field("type")).to.equal(BigInt(read.type));
      expect(field("nonce")).to.equal(read.nonce);
      expect(field("gasLimit")).to.equal(read.gasLimit);
      expect(field("value")).to.equal(read.value);
      expect(field("isCreation")).to.equal(read.to === undefined ? 1n : 0n);
      expect(field("to")).to.equal(BigInt(read.to?.toString() ?? 0));
      expect(field("maxFeePerGas")).to.equal(parsed.maxFeePerGas ?? parsed.gasPrice ?? 0n);
      expect(field("maxPriorityFeePerGas")).to.equal(parsed.maxPriorityFeePerGas ?? parsed.gasPrice ?? 0n);
      expect(field("intrinsicGas")).to.equal(read.getIntrinsicGas());
      const tokens = read.data.reduce((sum, byte) => sum + (byte === 0 ? 1n : 4n), 0n);
      expect(field("floorGas")).to.equal(21_000n + 10n * tokens);
      expect(field("accessAddresses")).to.equal(BigInt(parsed.accessList?.length ?? 0));
      const slots = parsed.accessList?.flatMap(({ storageKeys }) => storageKeys) ?? [];
      expect(field("accessSlots")).to.equal(BigInt(slots.length));
      expect(toHex(decoded.data)).to.equal(toHex(read.data));
    }
  });

  it("are invalid with any byte changed, cut or added, unless another account signed them then", async () => {
    const all = await samples();
    let invalid = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...all),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(2),
        async (signed, pick, by, how) => {
          const bytes = Buffer.from(hexToBytes(signed));
          const at = pick % bytes.length;
          if (how === 0) bytes[at] = (bytes[at] ?? 0) ^ by;
          const changed = toHex(
            how === 1 ? bytes.subarray(0, at) : how === 2 ? Buffer.concat([bytes, Buffer.of(by)]) : bytes,
          );
          const decoded = decodeTransaction(hexToBytes(changed), CHAIN_ID);
          if (decoded.status === TRANSACTION_STATUS.valid) {
            // Another digest: recovered is some account, but never the one that signed.
            expect(decoded.fields.signer).to.not.equal(BigInt(ACCOUNT.address));
            expect(ethereumJs(changed).getSenderAddress().toString()).to.equal(
              `0x${decoded.fields.signer.toString(16).padStart(40, "0")}`,
            );
          } else invalid++;
          await accepts(changed);
        },
      ),
      { seed: SEED, numRuns: 60 },
    );
    expect(invalid).to.be.above(10);
  });

  it("are invalid in any other than the one form", async () => {
    const [legacy] = await samples();
    if (legacy === undefined) throw new Error("a legacy transaction");
    const items = [1n, 2n, 21_000n, BigInt(TO), 0n, 0n].map(rlpInteger);
    const malformed: Record<string, Hex> = {
      nothing: "0x",
      "no list": "0x80",
      "a type that is unknown": "0x03c0",
      "a type of zero": `0x00${legacy.slice(2)}`,
      "an empty list": "0xc0",
      "a length with a leading zero": `0xf900${legacy.slice(4)}`,
      "a length beyond the end": "0xffffffffffffffffff",
      "a nonce with a leading zero": toHex(list([Buffer.of(0x82, 0, 1), ...items])),
      "a nonce in a string of its own": toHex(list([Buffer.of(0x81, 1), ...items])),
      "a nonce of zero as a byte": toHex(list([Buffer.of(0), ...items])),
      "a nonce of nine bytes": toHex(list([Buffer.from("89010000000000000000", "hex"), ...items])),
      "a short nonce with a long length": toHex(list([Buffer.of(0xb8, 1, 0x90), ...items])),
      "a short list with a long length": "0xf801c0",
      "more after it": toHex(Buffer.concat([list(items), Buffer.of(0x80)])),
      // Deeper than a decoder that calls itself may go.
      "lists in lists": toHex(nested(20_000)),
    };
    for (const [what, data] of Object.entries(malformed)) {
      expect(decodeTransaction(hexToBytes(data), CHAIN_ID).status, what).to.equal(TRANSACTION_STATUS.invalid);
      await accepts(data);
    }
  });

  it("are invalid for another chain, with a high s, without EIP-155, or with a signature of no key", async () => {
    const base = { to: TO, gas: 21_000n, gasPrice: 1n, nonce: 1 } as const;
    const other = await ACCOUNT.signTransaction({ ...base, type: "legacy", chainId: 31_337_008 });
    const old = await ACCOUNT.signTransaction({ ...base, type: "legacy" });
    const dynamic = {
      to: TO,
      gas: 21_000n,
      maxFeePerGas: 1n,
      nonce: 1,
      type: "eip1559",
      chainId: Number(CHAIN_ID),
    } as const;
    const good = parseTransaction(await ACCOUNT.signTransaction(dynamic));
    const { r = "0x1", s: low = "0x1", yParity = 0 } = good;
    const n = secp256k1.Point.Fn.ORDER;
    const high = serializeTransaction(dynamic, { r, s: toHex(n - BigInt(low)), yParity: 1 - yParity });
    const wrong = [
      other,
      old,
      high,
      await ACCOUNT.signTransaction({ ...dynamic, chainId: 31_337 }),
      serializeTransaction(dynamic, { r: "0x0", s: low, yParity }),
      serializeTransaction(dynamic, { r, s: "0x0", yParity }),
      serializeTransaction(dynamic, { r: toHex(n), s: low, yParity }),
      // No point of the curve has this x.
      serializeTransaction(dynamic, { r: "0x5", s: low, yParity }),
    ];
    for (const data of wrong) {
      expect(decodeTransaction(hexToBytes(data), CHAIN_ID).status, data).to.equal(TRANSACTION_STATUS.invalid);
      await accepts(data);
    }
  });

  it("of type 4 are neither valid nor invalid, but what no circuit takes", async () => {
    for (const data of ["0x04", "0x04c0"] as const) {
      expect(decodeTransaction(hexToBytes(data), CHAIN_ID).status).to.equal(TRANSACTION_STATUS.unsupported);
      await accepts(data);
    }
  });

  it("are not what a prover says that they are", async () => {
    const [signed] = await samples();
    if (signed === undefined) throw new Error("a transaction");
    const words = statementOf(signed);
    const tuples = [...statementTuples(words)];
    for (const [at, tuple] of tuples.entries()) {
      if (tuple.name !== "transaction" && tuple.name !== "transactionData") continue;
      const changed: Tuple = { ...tuple, fields: { ...tuple.fields, lo: tuple.fields.lo ^ 1n } } as Tuple;
      const lies = [tuples.with(at, changed), tuples.toSpliced(at, 1), [...tuples, tuple]];
      for (const lie of lies.slice(0, at % 5 === 0 ? 3 : 1))
        await expectRevert(s.verify([await proven(words, lie)]), "BusNotBalanced", [0n], abi);
    }
  });

  it("are only where a statement of Rollups has them", async () => {
    const [signed = "0x"] = await samples();
    const words = statementOf(signed);
    for (const wrong of [
      [...words, 0n],
      words.slice(0, -1),
      words.with(6, 3n),
      words.with(9, 3n),
      // The data of the action would be somewhere else.
      words.with(10, (words[10] ?? 0n) | (1n << 24n)),
    ]) {
      expect(() => [...statementTuples(wrong)]).to.throw(RangeError);
      const outcome = await s.verify([await proven(wrong, [])]).then(
        () => "accepted",
        () => "refused",
      );
      expect(outcome).to.equal("refused");
    }
    const other = words.with(0, 5n);
    expect([...statementTuples(other)].every(({ name }) => name === "word")).to.equal(true);
    await s.verify([await proven(other, statementTuples(other))]);
  });

  it("cost gas: decoding, the signer, fields and calldata", async () => {
    const snapshot = snapshots("bus-transaction-gas.json");
    const [, , signed = "0x"] = await samples();
    const words = statementOf(signed);
    const gasOf = async (of: readonly bigint[]) =>
      await s.verificationGas([await proven(of, statementTuples(of))]);
    // The same words, with another first one: no statement, so no transaction is looked for.
    const without = await gasOf(words.with(0, 2n ** 247n));
    snapshot("two transactions with 100 bytes of calldata each", (await gasOf(words)) - without);
  });
});

function ethereumJs(signed: Hex) {
  const common = new Common({ chain: { ...Mainnet, chainId: Number(CHAIN_ID) }, hardfork: Hardfork.Osaka });
  return createTxFromRLP(hexToBytes(signed), { common });
}

/** Signed transactions of all types that are decoded. */
async function samples(): Promise<Hex[]> {
  const base = { chainId: Number(CHAIN_ID), gas: 500_000n } as const;
  const accessList = [
    { address: TO, storageKeys: [keccak256("0x01"), keccak256("0x02")] },
    { address: TO, storageKeys: [] },
  ] as const;
  const data = toHex(Buffer.from(Array.from({ length: 100 }, (_, index) => (index % 3 === 0 ? 0 : index))));
  return await Promise.all([
    ACCOUNT.signTransaction({ ...base, type: "legacy", to: TO, gasPrice: 7n, nonce: 0, value: 1n }),
    ACCOUNT.signTransaction({ ...base, type: "legacy", gasPrice: 7n, nonce: 300, data }),
    ACCOUNT.signTransaction({
      ...base,
      type: "eip1559",
      to: TO,
      nonce: 127,
      maxFeePerGas: 9n,
      maxPriorityFeePerGas: 2n,
      data,
    }),
    ACCOUNT.signTransaction({
      ...base,
      type: "eip1559",
      nonce: 128,
      maxFeePerGas: 2n ** 64n,
      data: "0x7f",
      value: 2n ** 200n,
    }),
    ACCOUNT.signTransaction({
      ...base,
      type: "eip1559",
      to: TO,
      nonce: 1,
      data: "0x80",
      accessList: [...accessList],
    }),
    ACCOUNT.signTransaction({
      ...base,
      type: "eip2930",
      to: TO,
      nonce: 1,
      gasPrice: 2n,
      accessList: [...accessList],
    }),
    ACCOUNT.signTransaction({ ...base, type: "eip2930", nonce: 2, gasPrice: 0n, data: "0x00" }),
  ]);
}

function rlpInteger(value: bigint): Buffer {
  if (value === 0n) return Buffer.of(0x80);
  if (value < 0x80n) return Buffer.of(Number(value));
  const digits = Buffer.from(hexToBytes(toHex(value)));
  return Buffer.concat([Buffer.of(0x80 + digits.length), digits]);
}

/** Of at most 55 bytes. */
function list(items: readonly Buffer[]): Buffer {
  const payload = Buffer.concat(items);
  return Buffer.concat([Buffer.of(0xc0 + payload.length), payload]);
}

/** So many lists, each the only item of the one around it. */
function nested(depth: number): Buffer {
  const headers = [Buffer.of(0xc0)];
  for (let length = 1; headers.length < depth;) {
    const digits = Buffer.from(hexToBytes(numberToHex(length)));
    const header =
      length <= 55 ? Buffer.of(0xc0 + length) : Buffer.concat([Buffer.of(0xf7 + digits.length), digits]);
    headers.push(header);
    length += header.length;
  }
  return Buffer.concat(headers.reverse());
}
