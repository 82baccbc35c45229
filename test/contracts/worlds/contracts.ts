import { type Address, encodeFunctionData, getContract, type Hex, parseAbi, parseEther, toHex } from "viem";
import type { ChainId, StateRoot } from "../../../builder/protocol/ids.ts";
import { REMOTE, REMOTE2, type Step } from "../lists.ts";
import { mined } from "../outcome.ts";
import { proxy } from "../run-steps.ts";
import { actorAbi, deploy, rootAt, type Setup } from "../setup.ts";
import { deployBomb, FAIL, FAILURE, type Places, type Script, stepOf } from "./moves.ts";

/** `contracts/test/Recorder.sol`, beyond what it has of `Actor`. */
export const recorderAbi = parseAbi([
  "struct Step { address target; uint256 value; bytes data; bool isStatic; bool mayFail; uint256 gas; }",
  "struct Outcome { bool success; bytes data; }",
  "event Recorded(Outcome[] outcomes)",
  "function record(Step[] steps)",
]);

/** Wei that each actor has at the start, so that none of them is ever short of any. */
export const FUNDS = parseEther("1");

/** The L1 that all worlds start from. */
export interface WorldContracts {
  readonly setup: Setup;
  readonly places: Places;
  /** Makes the transactions of a world. */
  readonly user: Address;
  /** Two that hold Ether, one with a token of its own. */
  readonly rollups: readonly ChainId[];
  readonly natives: ReadonlySet<ChainId>;
  /** Visited by nothing but a batch at the end of each transaction. */
  readonly probe: ChainId;
  readonly remotes: readonly Address[];
  readonly genesis: ReadonlyMap<ChainId, StateRoot>;
}

/** Deploys everything, and leaves L1 mining on demand only. */
export async function build(): Promise<WorldContracts> {
  const setup = await deploy();
  const native = await setup.register({ nativeToken: true });
  const probe = await setup.register();
  const rollups = [setup.a, setup.b, native];
  const remotes = [REMOTE, REMOTE2];
  const bomb = await deployBomb(setup);
  const user = await setup.create("Recorder");
  const actors = [user, setup.other.address];
  for (const address of actors) {
    const actor = getContract({ abi: setup.actor.abi, address, client: setup.walletClient });
    await mined(setup, actor.write.program([FAIL, [], false, true, false, FAILURE]));
    await setup.networkHelpers.setBalance(address, FUNDS);
  }
  const proxies = new Map<string, { original: Address; rollup: ChainId; at: Address }>();
  for (const rollup of rollups) {
    for (const original of remotes) {
      proxies.set(`${original}:${rollup}`, { original, rollup, at: await proxy(setup, original, rollup) });
    }
  }
  const places: Places = {
    rollups: setup.rollups.address,
    bomb,
    actors,
    proxyOf: (original, rollup) => {
      const found = proxies.get(`${original}:${rollup}`);
      if (found === undefined) throw new Error(`the proxy of ${original} on ${rollup} was not looked up`);
      return found.at;
    },
    originalOf: (address) => [...proxies.values()].find(({ at }) => at === address),
  };
  await setup.connection.provider.request({ method: "evm_setAutomine", params: [false] });
  const genesis = new Map([...rollups, probe].map((rollup) => [rollup, rootAt(0)]));
  return { setup, places, user, rollups, natives: new Set([native]), probe, remotes, genesis };
}

/** Sends transactions that are mined later, whether or not they revert. */
export async function send(contracts: WorldContracts, to: Address, data: Hex): Promise<Hex> {
  const { provider } = contracts.setup.connection;
  const transaction = { from: contracts.setup.owner, to, data, gas: toHex(GAS) };
  const hash: unknown = await provider.request({ method: "eth_sendTransaction", params: [transaction] });
  if (typeof hash !== "string" || !hash.startsWith("0x")) throw new Error("no transaction hash");
  return `0x${hash.slice(2)}`;
}

/** Of each transaction: near the most that one may have (EIP-7825), so that gas decides nothing. */
const GAS = 16_000_000n;

/** Calldata that makes the user take steps. */
export function recordData(steps: readonly Step[]): Hex {
  return encodeFunctionData({ abi: recorderAbi, functionName: "record", args: [steps] });
}

/** Calldata that makes an actor follow a script. */
export function programData(places: Places, { actor, input, moves, ...rest }: Script): Hex {
  const steps = moves.map((move) => stepOf(places, actor, move));
  const args = [input, steps, rest.writes, rest.fails, false, rest.answer] as const;
  return encodeFunctionData({ abi: actorAbi, functionName: "program", args });
}
