import { createSpinner } from "@nomicfoundation/hardhat-utils/spinner";
import { expect } from "chai";
import { withoutSpinner } from "../../builder/node/deployment/compile.ts";

describe("while contracts are compiled", () => {
  const { isTTY } = process.stdout;
  const { TERM } = process.env;
  afterEach(() => {
    process.stdout.isTTY = isTTY;
    process.env.TERM = TERM;
  });

  it("Hardhat turns no spinner over the progress that is shown, and may again afterwards", () => {
    process.stdout.isTTY = true;
    process.env.TERM = "xterm";
    const isTurning = (): boolean => createSpinner({ text: "…", enabled: true }).isEnabled;
    expect(isTurning()).to.equal(true);
    {
      using _ = withoutSpinner();
      expect(isTurning()).to.equal(false);
    }
    expect(isTurning()).to.equal(true);
  });
});
