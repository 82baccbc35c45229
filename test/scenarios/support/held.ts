import { encodeFunctionData, parseAbi } from "viem";
import { UnprovenProver } from "../../core/unproven.ts";
import type { Call } from "./scenario-chains.ts";
import { alice, type World } from "./world.ts";

/** Of `contracts/test/Actor.sol`. */
const playAbi = parseAbi([
  "struct Step { address target; uint256 value; bytes data; bool isStatic; bool mayFail; uint256 gas; }",
  "function play(Step[] steps) payable",
]);

/**
 * Makes the builder wait for the proof of a transaction of alice's that visits the ledger and another rollup:
 * nothing else of that rollup comes before it. The world needs a ledger, whose proofs are taken on trust.
 * @param touch what it does on the other rollup.
 * @returns what lets the builder go on, at its disposal at the latest.
 */
export async function holdProofs(
  world: World,
  touch: Pick<Call, "to" | "call" | "args">,
): Promise<Disposable & { readonly release: () => void }> {
  const { prover } = world;
  if (!(prover instanceof UnprovenProver)) throw new Error("proofs are made");
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const proving = new Promise<void>((resolve) => {
    prover.meanwhile = async () => {
      prover.meanwhile = undefined;
      resolve();
      await released;
    };
  });
  const actor = await world.deploy("L1", "Actor");
  const step = { isStatic: false, mayFail: false, gas: 0n };
  const steps = [
    { ...step, target: await world.addressOn(world.ledger, "L1"), value: 1n, data: "0x" as const },
    { ...step, target: await world.addressOn(touch.to, "L1"), value: 0n, data: await world.encode(touch) },
  ];
  const data = encodeFunctionData({ abi: playAbi, functionName: "play", args: [steps] });
  await world.submit({ on: "L1", by: alice, to: actor, data, value: 1n, gas: 2_000_000n });
  await proving;
  return { release, [Symbol.dispose]: release };
}
