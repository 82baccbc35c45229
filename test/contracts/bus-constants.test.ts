import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { ActionKind } from "../../builder/protocol/action.ts";
import { evmChainIdOf } from "../../builder/protocol/evm-chain-id.ts";
import { chainId } from "../../builder/protocol/ids.ts";
import { STATEMENT_LAYOUT } from "../../builder/protocol/statement.ts";
import { MAX_CODE_BYTES } from "../../builder/evm/code-size.ts";
import { CODE_POWERS } from "../../builder/proving/bus/code-rows.ts";
import { TRANSACTION_FIELDS, TRANSACTION_STATUS } from "../../circuits/bus/transaction-fields.ts";
import { TUPLES } from "../../circuits/bus/tuples.ts";
import { SYSTEM_ADDRESS } from "../../circuits/evm/addresses.ts";
import { CLASS, CONTENT, INVALID, OPCODES } from "../../circuits/evm/opcodes.ts";

const CONTRACTS = new URL("../../contracts/", import.meta.url);

/**
 * Numbers that stand in Solidity and in TypeScript, of which circuits and traces are made. What depends on
 * others (gas of a transaction, offsets in a proof) is compared where both sides work it out: in the other
 * tests of the bus beside this one.
 */
describe("constants of the bus, in Solidity and in TypeScript", () => {
  it("are the tags of tuples that L1 sends, all different", async () => {
    const { numbers } = await sourceOf("proofs/bus/Terms.sol");
    const fromL1 = Object.entries(TUPLES).filter(([, { sender }]) => sender.startsWith("L1"));
    expect(numbers).to.deep.equal(
      new Map(fromL1.map(([name, { tag }]) => [constantCase(name), BigInt(tag)])),
    );
    const tags = Object.values(TUPLES).map(({ tag }) => tag);
    expect(new Set(tags).size).to.equal(tags.length);
  });

  it("are a transaction's fields and what is said of its form", async () => {
    const { numbers, text } = await sourceOf("proofs/bus/Transactions.sol");
    for (const [name, value] of Object.entries({ ...TRANSACTION_FIELDS, ...TRANSACTION_STATUS }))
      expect(numbers.get(constantCase(name)), name).to.equal(BigInt(value));
    const count = Object.keys(TRANSACTION_FIELDS).length;
    expect(Object.values(TRANSACTION_FIELDS)).to.deep.equal([...new Array(count).keys()]);
    const lengths = [...text.matchAll(/uint256\[(\d+)\] (?:memory )?fields/g)].map(([, length]) => length);
    expect(new Set(lengths)).to.deep.equal(new Set([String(count)]));
  });

  it("are classes of a code's rows, and which opcodes there are", async () => {
    const { numbers } = await sourceOf("proofs/bus/CodeRows.sol");
    const classes = {
      ...{ PUSH0: CLASS.push, DUP1: CLASS.dup, SWAP1: CLASS.swap, LOG0: CLASS.log, INVALID },
      ...{ IMMEDIATE_HIGH: CONTENT.immediateHigh, WORD: CONTENT.word, LENGTH: CONTENT.length },
    };
    const defined = OPCODES.reduce((bits, opcode) => bits | (1n << BigInt(opcodeOf(opcode))), 0n);
    const expected = { ...classes, DEFINED: defined | (1n << BigInt(INVALID)) };
    expect(numbers).to.deep.equal(bigints(expected));
    // Nothing that is executed has a class of contents.
    for (const { class: kind } of OPCODES) expect(kind).to.be.below(CONTENT.word);
  });

  it("are where things stand in a statement, and kinds of actions", async () => {
    const words = {
      ...{ HEADER_WORDS: STATEMENT_LAYOUT.header, VISIT_WORDS: STATEMENT_LAYOUT.visit },
      ACTION_WORDS: STATEMENT_LAYOUT.action,
    };
    for (const file of ["proofs/bus/StatementActions.sol", "batch/Statements.sol"]) {
      const { numbers } = await sourceOf(file);
      for (const [name, value] of bigints(words))
        expect(numbers.get(name), `${file} ${name}`).to.equal(value);
    }
    const { numbers } = await sourceOf("interfaces/Actions.sol");
    for (const [name, value] of bigints(ActionKind)) expect(numbers.get(name), name).to.equal(value);
  });

  it("are the longest code, the system contract, and how a rollup's EVM chain id is made", async () => {
    const { numbers } = await sourceOf("proofs/bus/CodeRegistry.sol");
    const longest = Number(numbers.get("MAX_CODE_BYTES"));
    // As many rows as its instructions, its words' halves, STOP and its length; and one power more.
    expect(MAX_CODE_BYTES).to.equal(longest);
    expect(CODE_POWERS).to.equal(longest + (2 * longest) / 32 + 3);
    const proxies = await sourceOf("proofs/bus/CallerProxies.sol");
    expect(proxies.numbers.get("SYSTEM")).to.equal(SYSTEM_ADDRESS);
    const actions = await sourceOf("proofs/bus/StatementActions.sol");
    const [, factor = ""] = /words\[CHAIN_ID\] \* (\d+) \+ words\[ROLLUP\]/.exec(actions.text) ?? [];
    expect(evmChainIdOf(31_337n, chainId(7))).to.equal(31_337n * BigInt(factor) + 7n);
  });
});

/** A contract's text, and its constants that are numbers. */
async function sourceOf(
  file: string,
): Promise<{ readonly text: string; readonly numbers: ReadonlyMap<string, bigint> }> {
  const text = await readFile(new URL(file, CONTRACTS), "utf8");
  const constants = text.matchAll(
    /^ *(?:uint\d+|address) (?:(?:internal|private) )?constant ([A-Z_\d]+) = ([\d_]+|0x[\da-fA-F]+);/gm,
  );
  const numbers = [...constants].map(
    ([, name = "", value = ""]) => [name, BigInt(value.replaceAll("_", ""))] as const,
  );
  expect(numbers.length, file).to.be.above(0);
  return { text, numbers: new Map(numbers) };
}

function bigints(values: Readonly<Record<string, number | bigint>>): ReadonlyMap<string, bigint> {
  return new Map(Object.entries(values).map(([name, value]) => [name, BigInt(value)]));
}

/** codeHead → CODE_HEAD */
function constantCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function opcodeOf({
  class: kind,
  parameter,
}: {
  readonly class: number;
  readonly parameter: number;
}): number {
  const first = kind === CLASS.dup || kind === CLASS.swap ? 1 : 0;
  return Object.values<number>(CLASS).includes(kind) ? kind + parameter - first : kind;
}
