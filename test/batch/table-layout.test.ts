import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import * as layout from "../../builder/batch/table-layout.ts";

const CONTRACTS = path.join(import.meta.dirname, "../../contracts");

/** Constants of these names that a contract declares as sums and products of numbers and of each other. */
async function constantsOf(file: string): Promise<Map<string, number>> {
  const source = await readFile(path.join(CONTRACTS, file), "utf8");
  const values = new Map<string, number>();
  for (const [, name = "", text = ""] of source.matchAll(/uint256 \w+ constant (\w+) = ([^;]+);/g)) {
    const terms = text.split("+").map((term) =>
      term
        .trim()
        .split("*")
        .reduce((product, factor) => product * numberOf(factor.trim(), values), 1),
    );
    values.set(
      name,
      terms.reduce((sum, term) => sum + term, 0),
    );
  }
  return values;
}

function numberOf(text: string, known: ReadonlyMap<string, number>): number {
  return known.get(text) ?? Number(text.replaceAll("_", ""));
}

describe("the table's layout", () => {
  for (const [file, names] of Object.entries({
    "table/Steps.sol": ["MAX_TABLE_BYTES"],
    "table/ExecutionTable.sol": ["SLOT_BYTES", "HEAD_SLOTS", "INDEX_BYTES", "ENTRY_BYTES"],
    "play/Player.sol": ["MAX_EXECUTIONS"],
  } as const))
    it(`is that of contracts/${file}`, async () => {
      const constants = await constantsOf(file);
      for (const name of names) expect(layout[name], name).to.equal(constants.get(name));
    });

  it("counts data as StepWriter writes it: words without the zeros in front of them", () => {
    expect(layout.dataBytes("0x")).to.equal(0);
    expect(layout.dataBytes("0x00")).to.equal(2);
    expect(layout.dataBytes(`0x${"00".repeat(32)}`)).to.equal(1 + 1);
    expect(layout.dataBytes(`0x${"ff".repeat(32)}`)).to.equal(1 + 33);
    expect(layout.dataBytes(`0xa9059cbb${"00".repeat(30)}0100`)).to.equal(1 + 4 + 3);
  });
});
