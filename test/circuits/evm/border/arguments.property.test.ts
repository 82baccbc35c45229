import { expect } from "chai";
import fc from "fast-check";
import { type Address, bytesToHex, concatHex, encodeFunctionData, parseAbi, sliceHex } from "viem";
import { traceVisit } from "../../../../builder/kinds/evm/trace/visit.ts";
import { type Action, callAction } from "../../../../builder/protocol/action.ts";
import { L1 } from "../../../../builder/protocol/ids.ts";
import { RollupProxies } from "../../../../builder/proving/bus/proxies.ts";
import { loadPoseidon } from "../../../../builder/state/poseidon.ts";
import { recentPoseidon } from "../../../../builder/state/recent.ts";
import { seedOf } from "../../../contracts/seed.ts";
import { SELF, TestRollup } from "../../../kinds/evm/reference/rollup.ts";
import { runtimeCode } from "../support/runtime-code.ts";
import { flawsOf } from "../support/visit-flaws.ts";

const SENDER: Address = "0x00000000000000000000000000000000c0ffee01";
const abi = parseAbi([
  "function set(uint256)",
  "function degrees() view returns (uint256)",
  "function partOf(uint256, uint256, uint256)",
]);

/** Calldata of any length, and data that begin and end anywhere in memory. */
describe("evm: random arguments", () => {
  const word = fc.oneof(fc.constantFrom(0n, 1n, 31n), fc.bigInt(0n, (1n << 256n) - 1n));
  const data = fc.oneof(
    fc.constantFrom(0n, 20n, 31n).map((degrees) => {
      return encodeFunctionData({ abi, functionName: "set", args: [degrees] });
    }),
    fc.tuple(word, word, fc.bigInt(0n, 70n)).map((args) => {
      return encodeFunctionData({ abi, functionName: "partOf", args });
    }),
    // With a part of the arguments, or with more than that.
    fc.tuple(word, fc.uint8Array({ maxLength: 70 })).map(([degrees, more]) => {
      const whole = encodeFunctionData({ abi, functionName: "set", args: [degrees] });
      return concatHex([sliceHex(whole, 0, more.length), bytesToHex(more)]);
    }),
  );

  it("are proven, whatever they are", async () => {
    const poseidon = recentPoseidon(await loadPoseidon(), 1 << 15);
    const proxies = RollupProxies.read();
    const rollup = await TestRollup.open();
    const to = (await rollup.deploy(await runtimeCode("test/Thermostat.sol", "Thermostat"))).address;
    const fees = { gas: 100_000n, maxFeePerGas: 2n, maxPriorityFeePerGas: 1n };
    await fc.assert(
      fc.asyncProperty(data, fc.boolean(), async (calldata, isCall) => {
        const call = { from: L1, to: SELF, sender: SENDER, target: to, value: 0n, isStatic: false };
        const action: Action = isCall
          ? callAction({ ...call, data: calldata })
          : await rollup.signed({ ...fees, to, data: calldata });
        const traced = await traceVisit({ poseidon, proxies, ...(await rollup.run(action)) });
        expect(flawsOf(traced, poseidon)).to.deep.equal([]);
      }),
      { numRuns: 40, seed: seedOf("LOCKSTEP_VISITS_SEED") },
    );
    await rollup.close();
  }).timeout(120_000);
});
