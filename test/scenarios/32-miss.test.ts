import { expect } from "chai";
import { decodeErrorResult, encodeErrorResult, encodeFunctionData, type Hex } from "viem";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { callAction, hashAction } from "../../builder/protocol/action.ts";
import { brokenError } from "./support/faulty.ts";
import { count, views } from "./support/observe.ts";
import { refusalOf } from "./support/refusal.ts";
import { scenario } from "./support/scenario.ts";
import type { Contract } from "./support/scenario-chains.ts";
import { alice, type World } from "./support/world.ts";

scenario({ number: 32, name: "miss", chains: ["L1", "A"] }, async (world) => {
  const counter = await world.deploy("A", "Counter");
  const faulty = await world.deploy("A", "FaultyCounter");
  const caller = await world.deploy("L1", "CounterCaller", [counter]);
  const safe = await world.deploy("L1", "SafeCounterCaller", [faulty]);
  const greeter = await world.deploy("A", "Greeter", ["hello"]);
  const board = await world.deploy("L1", "GreetingBoard", [greeter]);
  const before = await world.root("A");

  // Straight to the node: nothing is posted.
  const data = encodeFunctionData({ abi: caller.abi, functionName: "bump" });
  const node = world.l1.writer(alice);
  const missed = await refusalOf(node.sendTransaction({ to: caller.address, data, gas: 2_000_000n }));
  expect(missed.data).to.equal(notFound(world, caller, counter, false));
  const greet = encodeFunctionData({ abi: board.abi, functionName: "greet" });
  const unread = await refusalOf(node.sendTransaction({ to: board.address, data: greet, gas: 2_000_000n }));
  expect(unread.data, "a static call").to.equal(notFound(world, board, greeter, true));
  expect(await views(world, caller, "lastResult", "count")).to.deep.equal({ lastResult: 0n, count: 0n });

  // Who catches what a proxy reverts with can tell the two apart.
  const hash = await node.sendTransaction({ to: safe.address, data, gas: 2_000_000n });
  expect((await world.l1.reader.waitForTransactionReceipt({ hash })).status).to.equal("success");
  const error = await world.read(safe, "lastError");
  expect(error).to.equal(notFound(world, safe, faulty, false));
  expect(isMiss(error)).to.equal(true);
  expect(await world.root("A"), "A's root").to.equal(before);

  await world.send({ on: "L1", by: alice, to: safe, call: "bump" });
  const remote = await world.read(safe, "lastError");
  expect(remote).to.equal(brokenError(faulty, await world.knownAs(safe, "A")));
  expect(isMiss(remote)).to.equal(false);
  expect(await count(world, safe)).to.equal(2n);
  expect(await count(world, counter)).to.equal(0n);
});

function notFound(world: World, caller: Contract, callee: Contract, isStatic: boolean): Hex {
  const action = callAction({
    from: world.idOf("L1"),
    to: world.idOf("A"),
    sender: caller.address,
    target: callee.address,
    value: 0n,
    isStatic,
    data: encodeFunctionData({ abi: callee.abi, functionName: isStatic ? "getWord" : "increment" }),
  });
  return encodeErrorResult({ abi: rollupsAbi, errorName: "ExecutionNotFound", args: [hashAction(action)] });
}

/** What a contract would look at: the selector. */
function isMiss(error: unknown): boolean {
  try {
    return (
      decodeErrorResult({ abi: rollupsAbi, data: `0x${String(error).slice(2)}` }).errorName ===
      "ExecutionNotFound"
    );
  } catch {
    return false;
  }
}
