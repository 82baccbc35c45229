import { type Address, type Hex, numberToHex } from "viem";
import { StatementRefusedError } from "../reference/errors.ts";
import type { StateWitness } from "../reference/state-witness.ts";
import { NO_CODE_HASH } from "./fields.ts";
import type { StateReader } from "./tables.ts";

/**
 * The state before a visit, as its witness shows it.
 * @throws {StatementRefusedError} `NOT_WITNESSED`, when what is read is not there.
 */
export function witnessReader({ accounts, slots }: StateWitness): StateReader {
  const accountsByAddress = new Map<Address, (typeof accounts)[number]>(
    accounts.map((witness) => [witness.address, witness]),
  );
  const name = (address: Address, slot: Hex): string => `${address}:${slot}`;
  const words = new Map(slots.map(({ address, slot, word }) => [name(address, slot), word]));
  return {
    async account(address) {
      const witness = accountsByAddress.get(numberToHex(address, { size: 20 }));
      if (witness === undefined) throw notShown(`account ${address.toString(16)}`);
      const { account } = witness;
      if (account === undefined) return { nonce: 0n, balance: 0n, codeHash: NO_CODE_HASH };
      return { nonce: account.nonce, balance: account.balance, codeHash: BigInt(account.codeHash) };
    },
    async storage(address, slot) {
      const word = words.get(name(numberToHex(address, { size: 20 }), numberToHex(slot, { size: 32 })));
      if (word === undefined) throw notShown(`slot ${slot.toString(16)} of ${address.toString(16)}`);
      return BigInt(word);
    },
  };
}

function notShown(what: string): StatementRefusedError {
  return new StatementRefusedError("NOT_WITNESSED", `${what} is not in the witness`);
}
