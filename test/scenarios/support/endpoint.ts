import { type Abi, type Address, encodeDeployData, type Hex, type LocalAccount, parseEventLogs } from "viem";
import { artefact } from "../../core/setup.ts";
import type { Clients } from "./clients.ts";
import type { Contract, Sent } from "./scenario-chains.ts";

/** What an account signs. */
export interface Signed {
  readonly by: LocalAccount;
  readonly to?: Address;
  readonly data: Hex;
  readonly value?: bigint;
  readonly gas?: bigint;
}

/** One chain, as its JSON-RPC endpoint shows it to a wallet. */
export class Endpoint {
  readonly clients: Clients;
  readonly #settled: (hash: Hex) => Promise<void>;

  /** @param settled resolves when a transaction is on its chain, and throws if it never will be. */
  constructor(clients: Clients, settled: (hash: Hex) => Promise<void> = async () => undefined) {
    this.clients = clients;
    this.#settled = settled;
  }

  /** Signs, sends and waits, as wallets do: gas and fees are what the endpoint proposes. */
  async send(signed: Signed): Promise<Sent> {
    return await this.receipt(await this.submit(signed));
  }

  /** Signs and sends. */
  async submit({ by, ...transaction }: Signed): Promise<Hex> {
    return await this.clients.wallet(by).sendTransaction(transaction);
  }

  async receipt(hash: Hex): Promise<Sent> {
    await this.#settled(hash);
    const receipt = await this.clients.reader.waitForTransactionReceipt({ hash, timeout: 60_000 });
    const { status, contractAddress, logs } = receipt;
    return {
      hash,
      success: status === "success",
      ...(contractAddress == null ? {} : { created: contractAddress }),
      events: ({ address, abi }: Contract) => {
        const own = logs.filter((log) => log.address.toLowerCase() === address.toLowerCase());
        return parseEventLogs({ abi, logs: own }).map(({ eventName, args }) => ({ name: eventName, args }));
      },
    };
  }

  async deploy(
    by: LocalAccount,
    name: string,
    args: readonly unknown[],
  ): Promise<{ address: Address; abi: Abi; sent: Sent }> {
    const { abi, bytecode } = await artefact(name);
    const sent = await this.send({ by, data: encodeDeployData({ abi, bytecode, args }) });
    const { created, success } = sent;
    if (created === undefined || !success) throw new Error(`${name} was not deployed`);
    return { address: created, abi, sent };
  }

  async read(contract: Contract, functionName: string, args: readonly unknown[]): Promise<unknown> {
    const { address, abi } = contract;
    return await this.clients.reader.readContract({ address, abi, functionName, args });
  }

  async balance(address: Address): Promise<bigint> {
    return await this.clients.reader.getBalance({ address });
  }
}
