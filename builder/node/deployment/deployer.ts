import {
  type Abi,
  type Address,
  createWalletClient,
  encodeDeployData,
  encodeFunctionData,
  type Hex,
  http,
  type LocalAccount,
  publicActions,
  type TransactionReceipt,
} from "viem";
import { compiledContract } from "./contracts.ts";
import { DeploymentError } from "../errors.ts";

function connect(rpc: string, account: LocalAccount) {
  return createWalletClient({
    account,
    transport: http(rpc),
    // Local nodes answer at once; viem's default is four seconds.
    pollingInterval: 20,
  }).extend(publicActions);
}

/** Sends transactions of one account, one after the other, each confirmed before the next. */
export class Deployer {
  readonly client: ReturnType<typeof connect>;

  constructor(rpc: string, account: LocalAccount) {
    this.client = connect(rpc, account);
  }

  /**
   * Deploys a compiled contract, named by its source below `contracts/`.
   * @throws `CONTRACT_ARTEFACT`, `DEPLOYMENT`.
   */
  async create(source: string, constructorArguments: readonly unknown[] = []): Promise<Address> {
    const { abi, bytecode } = await compiledContract(source);
    const data = encodeDeployData({ abi, bytecode, args: constructorArguments });
    const { contractAddress } = await this.send(`deploying ${source}`, { data });
    if (contractAddress == null) throw new DeploymentError(`deploying ${source}`, "no contract was created");
    return contractAddress;
  }

  /**
   * Calls a function in a transaction.
   * @throws `DEPLOYMENT`.
   */
  async call(
    address: Address,
    { abi, functionName, args }: { abi: Abi; functionName: string; args: readonly unknown[] },
  ): Promise<TransactionReceipt> {
    return this.send(functionName, { to: address, data: encodeFunctionData({ abi, functionName, args }) });
  }

  private async send(what: string, transaction: { to?: Address; data: Hex }): Promise<TransactionReceipt> {
    try {
      const hash = await this.client.sendTransaction({ ...transaction, chain: null });
      const receipt = await this.client.waitForTransactionReceipt({ hash });
      if (receipt.status === "success") return receipt;
    } catch (error) {
      throw new DeploymentError(what, error instanceof Error ? error.message : String(error), {
        cause: error,
      });
    }
    throw new DeploymentError(what, "the transaction reverted");
  }
}
