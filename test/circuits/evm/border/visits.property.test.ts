import { expect } from "chai";
import fc from "fast-check";
import { type Address, type Hex, numberToHex } from "viem";
import { NotYetProvableError } from "../../../../builder/kinds/evm/trace/errors.ts";
import { traceVisit } from "../../../../builder/kinds/evm/trace/visit.ts";
import { type Action, callAction } from "../../../../builder/protocol/action.ts";
import { L1 } from "../../../../builder/protocol/ids.ts";
import { RollupProxies } from "../../../../builder/proving/bus/proxies.ts";
import { loadPoseidon, type Poseidon } from "../../../../builder/state/poseidon.ts";
import { recentPoseidon } from "../../../../builder/state/recent.ts";
import { seedOf } from "../../../contracts/seed.ts";
import { OTHER, SELF, TestRollup } from "../../../kinds/evm/reference/rollup.ts";
import { runtimeCode } from "../support/runtime-code.ts";
import { flawsOf } from "../support/visit-flaws.ts";

/** Stores the second word of the calldata at the first, and returns the first slot. */
const STORE = "0x6020355f35555f545f5260205ff3";
/** Stores as that, clears slot 1, and reverts unless a value came along. */
const REGRET = "0x6020355f35555f600155346011575f5ffd5b00";
/** Reverts with 64 bytes of memory, of which the first word is the value that came along. */
const REVERT = "0x345f5260405ffd";
/** Gives back its gas only if its first word is 0: else it runs into INVALID. */
const PICKY = "0x5f35600557005b00fe";
const ACCOUNTS: readonly Address[] = [1, 2, 3].map((n) => numberToHex((n << 20) + 7, { size: 20 }));

describe("evm: random visits", () => {
  let poseidon: Poseidon;
  let proxies: RollupProxies;
  let rollup: TestRollup;
  let contracts: Address[];

  before(async () => {
    poseidon = recentPoseidon(await loadPoseidon(), 1 << 15);
    proxies = RollupProxies.read();
    rollup = await TestRollup.open();
    contracts = [];
    for (const code of [
      STORE,
      REGRET,
      REVERT,
      PICKY,
      await runtimeCode("examples/Counter.sol", "Counter"),
    ] as const)
      contracts.push((await rollup.deploy(code)).address);
  });

  after(() => rollup.close());

  const target = fc.nat(7).map((n) => [...contracts, ...ACCOUNTS][n] ?? ACCOUNTS[0] ?? "0x");
  const word = fc.oneof(fc.constant(0n), fc.constant(1n), fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }));
  const data: fc.Arbitrary<Hex> = fc.oneof(
    fc.constantFrom<Hex>("0x", "0xd09de08a", "0x06661abd", "0xd09de08a00"),
    fc
      .tuple(fc.constantFrom(0n, 1n, 2n), word)
      .map(
        ([slot, value]): Hex =>
          `0x${numberToHex(slot, { size: 32 }).slice(2)}${numberToHex(value, { size: 32 }).slice(2)}`,
      ),
  );
  const value = fc.constantFrom(0n, 0n, 1n, 1_000n);
  const call = fc
    .record({
      target,
      data,
      value,
      sender: fc.constantFrom(...ACCOUNTS),
      isStatic: fc.boolean(),
      from: fc.constantFrom(L1, OTHER),
    })
    .map(
      ({ isStatic, value: wei, ...rest }) =>
        async (): Promise<Action> =>
          callAction({ ...rest, to: SELF, isStatic, value: isStatic ? 0n : wei }),
    );
  const transaction = fc
    .record({
      to: target,
      data,
      value,
      price: fc.constantFrom(0n, 1n, 9n),
      gas: fc.integer({ min: 24_000, max: 90_000 }),
    })
    .map(
      ({ price, gas, ...rest }) =>
        async (): Promise<Action> =>
          await rollup.signed({
            ...rest,
            gas: BigInt(gas),
            maxFeePerGas: price + 1n,
            maxPriorityFeePerGas: price,
          }),
    );

  it("are proven to lead where the interpreter leads, or are refused by name", async () => {
    let proven = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(call, transaction), { minLength: 1, maxLength: 6 }),
        async (visits) => {
          for (const action of visits) {
            const run = await rollup.run(await action());
            const traced = await traceVisit({ poseidon, proxies, ...run }).catch((error: unknown) => {
              if (error instanceof NotYetProvableError) return undefined;
              throw error;
            });
            if (traced === undefined) continue;
            proven++;
            expect(flawsOf(traced, poseidon)).to.deep.equal([]);
          }
        },
      ),
      { numRuns: 25, seed: seedOf("LOCKSTEP_VISITS_SEED") },
    );
    expect(proven).to.be.greaterThan(25);
  }).timeout(120_000);
});
