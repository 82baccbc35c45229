import { type Address, encodeFunctionData } from "viem";
import { accountAt } from "../../core/setup.ts";
import { resolveArguments } from "./arguments.ts";
import { Endpoint } from "./endpoint.ts";
import type { Clients } from "./clients.ts";
import type {
  Argument,
  Call,
  Contract,
  Party,
  Sent,
  SolidityChain,
  ScenarioChains,
  Transfer,
} from "./scenario-chains.ts";

/**
 * The reference: every contract stands on the same chain, next to each other, and nothing of Lockstep is
 * there.
 */
export class OneChain implements ScenarioChains {
  readonly #endpoint: Endpoint;

  constructor(clients: Clients) {
    this.#endpoint = new Endpoint(clients);
  }

  async deploy(on: SolidityChain, name: string, args: readonly Argument[] = []): Promise<Contract> {
    const { address, abi } = await this.#endpoint.deploy(accountAt(0), name, await resolveAll(args));
    return { chain: on, address, abi };
  }

  async addressOn(party: Party): Promise<Address> {
    return party.address;
  }

  async send({ call, args = [], ...transfer }: Call): Promise<Sent> {
    const { abi } = transfer.to;
    const data = encodeFunctionData({ abi, functionName: call, args: await resolveAll(args) });
    return await this.transfer({ ...transfer, data });
  }

  async transfer({ to, data = "0x", on: _, ...rest }: Transfer): Promise<Sent> {
    return await this.#endpoint.send({ ...rest, to: to.address, data });
  }

  async read(contract: Contract, call: string, args: readonly Argument[] = []): Promise<unknown> {
    return await this.#endpoint.read(contract, call, await resolveAll(args));
  }

  async balance({ address }: Party): Promise<bigint> {
    return await this.#endpoint.balance(address);
  }
}

async function resolveAll(args: readonly Argument[]): Promise<unknown[]> {
  return await resolveArguments(args, async ({ address }) => address);
}
