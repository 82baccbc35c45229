import { createEVM } from "@ethereumjs/evm";
import { createAccount, createAddressFromString } from "@ethereumjs/util";
import { type Address, bytesToHex, type Hex, hexToBytes, numberToHex, pad } from "viem";
import { rulesOf } from "../../../evm/rules.ts";
import { InvalidGenesisError } from "./errors.ts";

/** The rules alone matter: a constructor that asks for the chain's id is refused. */
const CHAIN_ID = 1;
const GAS = 30_000_000n;

/** What a constructor may not ask for, since there is no answer before a rollup begins: by opcode. */
const UNKNOWN: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "its sender": ["CALLER", "ORIGIN", "GASPRICE"],
    "its block": ["NUMBER", "TIMESTAMP", "COINBASE", "PREVRANDAO", "GASLIMIT", "BASEFEE", "BLOCKHASH"],
    "its transaction": ["GAS", "BLOBHASH", "BLOBBASEFEE"],
    "its chain": ["CHAINID"],
    "other accounts": ["BALANCE", "SELFBALANCE", "EXTCODESIZE", "EXTCODECOPY", "EXTCODEHASH", "SELFDESTRUCT"],
    "other contracts": ["CALL", "CALLCODE", "DELEGATECALL", "STATICCALL", "CREATE", "CREATE2"],
  }).flatMap(([what, opcodes]) => opcodes.map((opcode) => [opcode, what] as const)),
);

/** What to do about a constructor that cannot run. */
export const GIVE_FILE =
  "Give a genesis file (--genesis) with the code and storage that a deployed instance has (eth_getCode, " +
  "eth_getStorageAt)";

/** What stands at an address once its constructor has run. */
export interface Constructed {
  readonly code: Hex;
  /** Words other than zero, by slot. */
  readonly slots: ReadonlyMap<Hex, Hex>;
}

/**
 * Runs a constructor that depends on nothing but the address that it makes a contract at: initial values of
 * variables, immutables, a library's guard against direct calls.
 * @param where names it in messages.
 * @param init with the arguments behind it, if there are any.
 * @throws {InvalidGenesisError} for one that asks for more, or fails.
 */
export async function construct(where: string, init: Hex, address: Address): Promise<Constructed> {
  const evm = await createEVM({ common: rulesOf(CHAIN_ID) });
  const written = new Set<Hex>();
  let asked: string | undefined;
  evm.events.on("step", ({ opcode: { name }, stack }) => {
    if (UNKNOWN.has(name)) asked ??= name;
    if (name === "SSTORE") written.add(numberToHex(stack.at(-1) ?? 0n, { size: 32 }));
  });
  const to = createAddressFromString(address);
  // Begins with nonce 1 (EIP-161): only an account has storage.
  await evm.stateManager.putAccount(to, createAccount({ nonce: 1n }));
  const { returnValue, exceptionError } = await evm.runCode({ code: hexToBytes(init), to, gasLimit: GAS });
  if (asked !== undefined)
    throw new InvalidGenesisError(
      where,
      `its constructor asks for ${UNKNOWN.get(asked) ?? ""} (${asked}), which is not known before the ` +
        `rollup begins. ${GIVE_FILE}`,
    );
  if (exceptionError !== undefined)
    throw new InvalidGenesisError(where, `its constructor fails (${exceptionError.error}). ${GIVE_FILE}`);
  const slots = new Map<Hex, Hex>();
  for (const slot of written) {
    const word = pad(bytesToHex(await evm.stateManager.getStorage(to, hexToBytes(slot))), { size: 32 });
    if (BigInt(word) !== 0n) slots.set(slot, word);
  }
  return { code: bytesToHex(returnValue), slots };
}
