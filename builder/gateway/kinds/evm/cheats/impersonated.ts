import type { Address, Hex } from "viem";
import { callSchema } from "../../../call-request.ts";
import { type GatewayAccounts, UnknownAccountError } from "../../../accounts.ts";
import { InvalidParamsError, parseParams, type RpcRequest } from "../../../json-rpc.ts";
import { z } from "zod";
import { CHEATS } from "../../../../kinds/evm/cheats/account.ts";
import { SYSTEM } from "../../../../kinds/evm/system.ts";
import type { Cheating } from "./cheating.ts";

const transaction = z.tuple([callSchema], z.unknown());

const UNPAID = {
  type: undefined,
  gasPrice: undefined,
  maxFeePerGas: undefined,
  maxPriorityFeePerGas: undefined,
};

/** Accounts whose transactions the gateway takes without a signature, as cheats. */
export class Impersonated {
  readonly #cheating: Cheating;
  readonly #addresses = new Set<Address>();

  constructor(cheating: Cheating) {
    this.#cheating = cheating;
  }

  /** @throws {InvalidParamsError} for the accounts that the rollup itself stands on. */
  add(address: Address): void {
    if (address === CHEATS || address === SYSTEM)
      throw new InvalidParamsError(`0: ${address} is the rollup's own`);
    this.#addresses.add(address);
  }

  /** @returns whether it was impersonated. */
  delete(address: Address): boolean {
    return this.#addresses.delete(address);
  }

  /**
   * `eth_sendTransaction` of an account whose key the gateway does not hold. A fee that it offers is not
   * taken: who was not asked does not pay.
   * @throws {UnknownAccountError}
   */
  async send({ params }: RpcRequest, accounts: GatewayAccounts): Promise<Hex> {
    const [call] = parseParams(transaction, params);
    const { from: sender, accessList, authorizationList } = call;
    if (sender === undefined || !this.#addresses.has(sender)) throw new UnknownAccountError(sender);
    if (authorizationList !== undefined || (accessList ?? []).length > 0)
      throw new InvalidParamsError("an impersonated account's transaction has no lists");
    const filled = await accounts.fill({ ...call, ...UNPAID, accessList: undefined });
    return await this.#cheating.send({
      do: "transact",
      sender,
      nonce: BigInt(filled.nonce ?? 0),
      gas: filled.gas ?? 0n,
      to: filled.to ?? undefined,
      value: filled.value ?? 0n,
      data: filled.data ?? "0x",
    });
  }
}
