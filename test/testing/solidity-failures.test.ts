import { expect } from "chai";
import { solidityFailures } from "../../scripts/testing/solidity-failures.ts";

/** As Hardhat prints one call of a sequence. */
function call(argument: number): string {
  return `    Counterexample:
      calldata: 0xa3016da7${argument.toString(16).padStart(64, "0")}
      sender: 0x1fa1749ffbed13f69adfc414797ce690d65b95a8
      address: 0x7fa9385be102ac3eac297483dd6233d62b3e1496
      contractName: project/contracts/test/Some.t.sol:SomeTest
      signature: insist(uint256)
      args: ${argument}
`;
}

/** As Hardhat prints the end of a run. */
function summaryOf(calls: number): string {
  return `
  7 passing
  2 failing

  1) SomeTest#testOne()
    Error: one is missing
    Stack Trace Warning: The test is not safe to replay because it uses impure cheatcodes: getCode(string)
    Try rerunning your tests with -vvvvv or above.

  2) SomeTest#invariantTwo()
    Error: not a miss: 0x1234
${Array.from({ length: calls }, (_, index) => call(index)).join("")}
`;
}

describe("what is repeated of failing Solidity tests", () => {
  it("is each one's name and reason, and the calls in short", () => {
    expect(solidityFailures(summaryOf(1))).to.deep.equal([
      "SomeTest#testOne()\n    Error: one is missing",
      "SomeTest#invariantTwo()\n    Error: not a miss: 0x1234\n    Counterexample:\n" +
        "      signature: insist(uint256)\n      args: 0",
    ]);
  });

  it("has the reason however many calls led to it", () => {
    const [, second] = solidityFailures(summaryOf(500));
    expect(second).to.match(/^SomeTest#invariantTwo\(\)\n {4}Error: not a miss: 0x1234\n/);
  });

  it("is nothing where the sources did not compile", () => {
    expect(solidityFailures("Error HHE900: Compilation failed")).to.deep.equal([]);
  });
});
