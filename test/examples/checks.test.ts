import { expect } from "chai";
import { Checks } from "../../builder/devnet/tour/checks.ts";

describe("checks of the demo", () => {
  it("fail when one comparison failed", () => {
    const lines: string[] = [];
    const checks = new Checks((line) => lines.push(line));
    checks.equal("same", { a: [1n] }, { a: [1n] });
    expect(() => {
      checks.finish();
    }).not.to.throw();
    checks.equal("different", 1n, 2n);
    expect(() => {
      checks.finish();
    }).to.throw("1 of 2 checks failed");
    expect(lines[1]).to.contain("is 1n, should be 2n");
  });

  it("fail when nothing was compared", () => {
    expect(() => {
      new Checks(() => undefined).finish();
    }).to.throw("nothing was checked");
  });
});
