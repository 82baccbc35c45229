import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Hex, keccak256, toFunctionSelector, toHex } from "viem";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import {
  L2TX_HEADER_BYTES,
  MAX_CALLDATA_BYTES,
  MAX_RETURN_DATA_BYTES,
  OUTGOING_GAS,
} from "../../builder/kinds/ledger/limits.ts";
import { ActionKind } from "../../builder/protocol/action.ts";
import { TREE_DEPTH } from "../../builder/state/types.ts";
import { CIRCUITS } from "./support/compile.ts";

const domain = (text: string): bigint => BigInt(keccak256(toHex(text))) >> 8n;
const selector = (signature: string): Hex => toFunctionSelector(signature);

/** Each number derived again from docs/spec.md or taken from the builder. */
const EXPECTED: Readonly<Record<string, bigint>> = {
  STATEMENT_DOMAIN: domain("lockstep.statement.v1"),
  LEDGER_TX_DOMAIN: domain("lockstep.ledger.l2tx.v1"),
  LEDGER_ADDRESS: BigInt(LEDGER),
  KIND_RESULT: BigInt(ActionKind.RESULT),
  KIND_L2TX: BigInt(ActionKind.L2TX),
  OUTGOING_GAS: BigInt(OUTGOING_GAS),
  SELECTOR_TRANSFER: BigInt(selector("transfer(uint256,address,uint256)")),
  SELECTOR_BALANCE_OF: BigInt(selector("balanceOf(uint256,address)")),
  SELECTOR_SEND: BigInt(selector("send(uint256,address,uint256,bytes)")),
  ERROR_INVALID_CALLDATA: BigInt(selector("InvalidCalldata()")),
  ERROR_STATIC_CALL_VIOLATION: BigInt(selector("StaticCallViolation()")),
  ERROR_INSUFFICIENT_BALANCE: BigInt(selector("InsufficientBalance(uint256,uint256)")),
  MAX_CALLDATA: BigInt(MAX_CALLDATA_BYTES),
  MAX_PAYLOAD: 256n,
  MAX_RETURN: BigInt(MAX_RETURN_DATA_BYTES),
  L2TX_HEADER: BigInt(L2TX_HEADER_BYTES),
  MAX_ENCODED_RETURN: 64n + BigInt(MAX_RETURN_DATA_BYTES),
  TREE_DEPTH: BigInt(TREE_DEPTH),
  ACCOUNT_KEY_BITS: 224n,
  HEAD_WORDS: 4n,
};

describe("circuits/ledger/constants", function () {
  it("are the specification's", async function () {
    const source = await readFile(join(CIRCUITS, "ledger/constants.circom"), "utf8");
    const found = [...source.matchAll(/function (\w+)\(\) \{ return (\w+); \}/g)].map(
      ([, name = "", value = ""]) => [name, BigInt(value)] as const,
    );
    expect(Object.fromEntries(found)).to.deep.equal(EXPECTED);
  });

  it("have selectors that no shorter calldata can pose as", function () {
    // Calldata is padded with zeros in the circuit, so a selector must not end in a zero byte.
    for (const name of ["SELECTOR_TRANSFER", "SELECTOR_BALANCE_OF", "SELECTOR_SEND"])
      expect((EXPECTED[name] ?? 0n) & 255n, name).to.not.equal(0n);
  });
});
