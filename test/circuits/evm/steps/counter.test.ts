import { assert } from "chai";
import { readFileSync } from "node:fs";
import { agree } from "./frames.ts";

const { deployedBytecode } = JSON.parse(
  readFileSync(
    new URL("../../../../artifacts/contracts/examples/Counter.sol/Counter.json", import.meta.url),
    "utf8",
  ),
) as { deployedBytecode: string };
const code = Buffer.from(deployedBytecode.slice(2), "hex");

describe("rows of Counter.increment()", () => {
  it("hold and balance", async () => {
    const { end } = await agree({ code, data: Buffer.from("d09de08a", "hex") });
    assert.isTrue(end.succeeded);
    assert.equal(BigInt(`0x${Buffer.from(end.output).toString("hex")}`), 1n);
  });
});
