import { expect } from "chai";
import { traceFrame } from "../../../../builder/kinds/evm/trace/frame.ts";
import { Tables } from "../../../../builder/kinds/evm/trace/tables.ts";
import { codeOf } from "../../../../builder/protocol/errors.ts";
import { startOf } from "./frames.ts";

/** Rows cost far more than steps: a loop must not take the builder's memory before it is refused. */
describe("a frame that goes on and on", () => {
  const LOOP = Uint8Array.of(0x5b, 0x5f, 0x56); // JUMPDEST, PUSH0, JUMP
  const tables = () =>
    new Tables({
      account: () => Promise.reject(new Error("no account is read")),
      storage: () => Promise.reject(new Error("no slot is read")),
    });
  const start = (gas: bigint) =>
    startOf({ code: LOOP, data: new Uint8Array(), gas, value: 0n, isStatic: false, storage: new Map() });

  it("is traced to its end where its gas ends soon", async () => {
    const { end } = await traceFrame(start(1_000n), tables());
    expect(end).to.include({ succeeded: false, gas: 0n });
  });

  it("is refused by name where it does not", async () => {
    const failure: unknown = await traceFrame(start(30_000_000n), tables()).catch((error: unknown) => error);
    expect(codeOf(failure)).to.equal("NOT_YET_PROVABLE");
  });
});
