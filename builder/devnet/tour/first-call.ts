import { type Address, formatEther, type Hex, parseEther } from "viem";
import { LEDGER } from "../../kinds/ledger/abi.ts";
import type { DevnetDescription } from "../../node/deployment/description.ts";
import { managerAbi, piggyBankAbi } from "./abi.ts";
import { openDapp } from "./dapp.ts";

export interface FirstCall {
  /** The L1 transaction that called the ledger. */
  readonly hash: Hex;
  /** What the contract saw as its balance on the ledger, inside that transaction. */
  readonly summary: string;
  readonly piggyBank: Address;
  readonly proxy: Address;
}

/** Deploys `PiggyBank` and has it save Ether on the ledger: the example of the README, played. */
export async function makeFirstCall(devnet: DevnetDescription): Promise<FirstCall> {
  const ledger = devnet.rollups.find(({ kind }) => kind === "ledger");
  if (ledger === undefined) throw new RangeError("the devnet has no ledger");
  const dapp = openDapp(devnet, 1);
  const rollups = { address: devnet.l1.rollups, abi: managerAbi } as const;
  const args = [LEDGER, BigInt(ledger.id)] as const;
  await dapp.write({ ...rollups, functionName: "createProxy", args });
  const proxy = await dapp.publicClient.readContract({ ...rollups, functionName: "proxyOf", args });
  const piggyBank = await dapp.deploy("PiggyBank", [proxy]);
  const save = {
    address: piggyBank,
    abi: piggyBankAbi,
    functionName: "save",
    value: parseEther("1"),
    account: dapp.account,
  } as const;
  // What will happen can be seen before anything is signed.
  const { result } = await dapp.publicClient.simulateContract(save);
  const { transactionHash } = await dapp.write(save);
  return {
    hash: transactionHash,
    summary: `PiggyBank holds ${formatEther(result)} ETH on the ledger`,
    piggyBank,
    proxy,
  };
}
