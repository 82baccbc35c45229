import type { Hex } from "viem";
import type { Stage } from "./stage.ts";

/** L1 calls a contract on A, which calls one on L1: the picture of the README. */
export async function playThereAndBack(stage: Stage): Promise<Hex> {
  const counter = await stage.deploy("L1", "Counter");
  const caller = await stage.deploy("A", "CounterCaller", [await stage.addressOn("A", counter)]);
  const nested = await stage.deploy("L1", "NestedCounterCaller", [await stage.addressOn("L1", caller)]);
  return await stage.send("L1", nested, "bump");
}

/** A contract on B refuses what one on L1 asked for by way of A, which catches the error. */
export async function playCaughtRevert(stage: Stage): Promise<Hex> {
  const refuser = await stage.deploy("B", "Refuser");
  const catcher = await stage.deploy("A", "Catcher", [await stage.addressOn("A", refuser)]);
  const passer = await stage.deploy("L1", "Passer", [await stage.addressOn("L1", catcher)]);
  return await stage.send("L1", passer, "work", [11n]);
}

/** L1 calls A in a frame that reverts, and calls it again. */
export async function playUndone(stage: Stage): Promise<Hex> {
  const counter = await stage.deploy("A", "Counter");
  const caller = await stage.deploy("L1", "UndoingCaller", [await stage.addressOn("L1", counter), true]);
  return await stage.send("L1", caller, "bump");
}

const LOAN = 10_000n;
const FEE = 9n;

/** Borrows on L1, takes the loan to A, joins a club there, brings it back and repays. */
export async function playFlashLoan(stage: Stage): Promise<Hex> {
  const token = await stage.deploy("L1", "DemoToken", [stage.account.address, LOAN + FEE]);
  const vault = await stage.deploy("L1", "TokenVault", [token.address]);
  const wrapped = await stage.deploy("A", "WrappedToken", [await stage.addressOn("A", vault)]);
  await stage.send("L1", vault, "connect", [await stage.addressOn("L1", wrapped)]);
  const lender = await stage.deploy("L1", "FlashLender", [token.address]);
  const club = await stage.deploy("A", "HoldersClub", [wrapped.address, LOAN]);
  const proxies = [await stage.addressOn("L1", club)];
  const member = await stage.deploy("L1", "FlashMember", [lender.address, vault.address, ...proxies]);
  await stage.send("L1", token, "transfer", [lender.address, LOAN]);
  await stage.send("L1", token, "transfer", [member.address, FEE]);
  return await stage.send("L1", member, "join", [LOAN, await stage.addressOn("A", member)]);
}
