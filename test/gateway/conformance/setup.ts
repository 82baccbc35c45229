import { concatHex, type Hex, parseEther, size, stringToHex, toHex, encodeErrorResult, parseAbi } from "viem";
import { accountAt } from "../../core/setup.ts";
import type { Clients } from "../../scenarios/support/clients.ts";

/** What stands on a chain before its gateway is asked. */
export interface ConformanceSetup {
  /** Has Ether. */
  readonly rich: Hex;
  /** Runs `counter` as its own code (EIP-7702). */
  readonly delegated: Hex;
  /** Reverts with `Panic(1)` for input 0x00 and with `Error("user error")` for anything else. */
  readonly reverting: Hex;
  /** Reverts with "wrong-calldatasize" unless its input has two bytes. */
  readonly picky: Hex;
  /** Answers with the block's number. */
  readonly environment: Hex;
  /** Stores a word and emits an event with two topics. */
  readonly logging: Hex;
  /** A transaction of each type, and a creation. */
  readonly transactions: {
    readonly legacy: Hex;
    readonly create: Hex;
    readonly accessList: Hex;
    readonly dynamicFee: Hex;
    readonly setCode: Hex;
    readonly logging: Hex;
  };
  readonly genesisHash: Hex;
  readonly latestHash: Hex;
  /** Of a block with a transaction. */
  readonly blockHash: Hex;
  /** Of the block in which the event was emitted. */
  readonly logBlockHash: Hex;
}

/** Code that copies `data` out of itself and ends with `op`: 0xf3 returns it, 0xfd reverts with it. */
function answering(data: Hex, op: "f3" | "fd", before = 0): Hex {
  const length = toHex(size(data), { size: 2 }).slice(2);
  const at = toHex(before + 12, { size: 2 }).slice(2);
  // PUSH2 length DUP1 PUSH2 at PUSH0 CODECOPY PUSH0 op
  return concatHex([`0x61${length}8061${at}5f395f${op}`, "0x00", data]);
}

/** Code of a constructor that leaves `runtime`. */
function creating(runtime: Hex): Hex {
  return answering(runtime, "f3");
}

const errors = parseAbi(["error Error(string)", "error Panic(uint256)"]);
const userError = encodeErrorResult({ abi: errors, errorName: "Error", args: ["user error"] });
const panic = encodeErrorResult({ abi: errors, errorName: "Panic", args: [1n] });

/** `PUSH0 CALLDATALOAD PUSH0 BYTE PUSH1 to JUMPI`, one answer, `JUMPDEST`, the other. */
function revertingCode(): Hex {
  const first = answering(panic, "fd", 7);
  const second = 7 + size(first);
  return concatHex([
    `0x5f355f1a60${toHex(second, { size: 1 }).slice(2)}57`,
    first,
    "0x5b",
    answering(userError, "fd", second + 1),
  ]);
}

/**
 * `CALLDATASIZE PUSH1 2 SUB PUSH1 to JUMPI`, 0xffee, `JUMPDEST`, revert. The words come last: as code,
 * their letters would be pushes that swallow a jump's destination.
 */
function pickyCode(): Hex {
  const first = answering("0xffee", "f3", 7);
  const second = 7 + size(first);
  return concatHex([
    `0x3660020360${toHex(second, { size: 1 }).slice(2)}57`,
    first,
    "0x5b",
    answering(stringToHex("wrong-calldatasize"), "fd", second + 1),
  ]);
}

/** NUMBER, returned. */
const ENVIRONMENT = "0x435f5260205ff3";
/** `SSTORE(0, 42)`, `LOG2` of 32 bytes with two topics. */
const LOGGING = concatHex(["0x602a5f55", `0x7f${"22".repeat(32)}`, `0x7f${"11".repeat(32)}`, "0x60205fa200"]);

/** Plays one transaction of each kind through the chain's gateway. */
export async function setUp({ reader, wallet }: Clients): Promise<ConformanceSetup> {
  const by = wallet(accountAt(1));
  const other = wallet(accountAt(2));
  const done = async (hash: Hex) => await reader.waitForTransactionReceipt({ hash });
  const create = async (runtime: Hex) => {
    const hash = await by.sendTransaction({ type: "legacy", data: creating(runtime), gas: 1_000_000n });
    const { contractAddress } = await done(hash);
    if (contractAddress === null || contractAddress === undefined) throw new Error("nothing was created");
    return { hash, address: contractAddress };
  };
  const reverting = await create(revertingCode());
  const picky = await create(pickyCode());
  const environment = await create(ENVIRONMENT);
  const logging = await create(LOGGING);
  const to: Hex = `0x${"34".repeat(20)}`;
  const common = { to, value: 1n, gas: 100_000n } as const;
  const legacy = await by.sendTransaction({ ...common, type: "legacy", data: "0x5544" });
  await done(legacy);
  const accessList = await by.sendTransaction({
    ...common,
    type: "eip2930",
    accessList: [{ address: to, storageKeys: [toHex(1, { size: 32 })] }],
  });
  await done(accessList);
  const dynamicFee = await by.sendTransaction({ ...common, type: "eip1559" });
  const { blockHash } = await done(dynamicFee);
  const nonce = await reader.getTransactionCount({ address: other.account.address });
  const authorization = await other.signAuthorization({
    contractAddress: environment.address,
    nonce: nonce + 1,
  });
  const setCode = await other.sendTransaction({
    to,
    gas: 200_000n,
    type: "eip7702",
    authorizationList: [authorization],
  });
  await done(setCode);
  const logged = await by.sendTransaction({ type: "eip1559", to: logging.address, gas: 100_000n });
  const logReceipt = await done(logged);
  return {
    rich: by.account.address,
    delegated: other.account.address,
    reverting: reverting.address,
    picky: picky.address,
    environment: environment.address,
    logging: logging.address,
    transactions: { legacy, create: reverting.hash, accessList, dynamicFee, setCode, logging: logged },
    genesisHash: (await reader.getBlock({ blockNumber: 0n })).hash,
    latestHash: logReceipt.blockHash,
    blockHash,
    logBlockHash: logReceipt.blockHash,
  };
}

/** A signed transaction of the type, for the account that has Ether. */
export async function signedTransaction(
  { reader, wallet, chainId }: Clients & { readonly chainId: bigint },
  type: "legacy" | "eip2930" | "eip1559",
): Promise<Hex> {
  const by = wallet(accountAt(1));
  const nonce = await reader.getTransactionCount({ address: by.account.address, blockTag: "pending" });
  const fee = parseEther("0.0000001");
  const common = { chainId: Number(chainId), to: accountAt(3).address, value: 1n, nonce, gas: 100_000n };
  if (type === "eip1559")
    return await by.account.signTransaction({ ...common, type, maxFeePerGas: fee, maxPriorityFeePerGas: 1n });
  return await by.account.signTransaction({ ...common, type, gasPrice: fee });
}
