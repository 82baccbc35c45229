import { expect } from "chai";
import { encodeErrorResult, parseEther } from "viem";
import { deployBridge, supplies } from "./support/bridge.ts";
import { refusalOf } from "./support/refusal.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import type { ScenarioChains } from "./support/scenario-chains.ts";
import { alice, deployer } from "./support/world.ts";

const ether = parseEther("1");
const SPENT = ether;
const HOME = { ether: 10n * ether, tokens: 1_000n * ether };
const AWAY = { ether: 10n * ether, tokens: 500n * ether };
/** What the formula says of the trade: cheap at home, dear away. */
const BOUGHT = output(SPENT, HOME.ether, HOME.tokens);
const EARNED = output(BOUGHT, AWAY.tokens, AWAY.ether);

scenario({ number: 29, name: "arbitrage", chains: ["L1", "A"] }, async (world) => {
  const observed = await asOnOneChain(world, async (chains) => {
    const { trader, trade, observe } = await stageTrade(chains);
    await trade(0n);
    const traded = await observe();
    // At today's prices the same again would lose.
    const before = await world.root("A");
    const again = output(SPENT, HOME.ether + SPENT, HOME.tokens - BOUGHT);
    const earned = output(again, AWAY.tokens + BOUGHT, AWAY.ether - EARNED);
    const refusal = await refusalOf(trade(ether));
    const { abi } = trader;
    const loss = encodeErrorResult({ abi, errorName: "NotWorthIt", args: [SPENT, earned] });
    expect(refusal.data).to.equal(loss);
    expect(await world.root("A"), "A's root").to.equal(before);
    expect(await observe(), "after a trade that is not worth it").to.deep.equal(traded);
    return traded;
  });
  expect(EARNED > SPENT, "there is a profit to be made").to.equal(true);
  expect(observed).to.deep.equal({
    trader: EARNED,
    home: { ether: HOME.ether + SPENT, tokens: HOME.tokens - BOUGHT },
    away: { ether: AWAY.ether - EARNED, tokens: AWAY.tokens + BOUGHT },
    supplies: { locked: AWAY.tokens + BOUGHT, minted: AWAY.tokens + BOUGHT },
  });
  expect((await world.onL1("A")).ether, "held for A").to.equal(AWAY.ether - EARNED);
});

/** A pool on each chain, and a trader with one Ether. */
async function stageTrade(chains: ScenarioChains) {
  const bridge = await deployBridge(chains, HOME.tokens + AWAY.tokens);
  const { token, vault, wrapped } = bridge;
  const home = await chains.deploy("L1", "ConstantProductPool", [token]);
  const away = await chains.deploy("A", "ConstantProductPool", [wrapped]);
  await chains.send({ on: "L1", by: alice, to: token, call: "transfer", args: [home, HOME.tokens] });
  await chains.send({ on: "L1", by: alice, to: token, call: "approve", args: [vault, AWAY.tokens] });
  await chains.send({ on: "L1", by: alice, to: vault, call: "lock", args: [away.address, AWAY.tokens] });
  await chains.transfer({ on: "L1", by: alice, to: home, value: HOME.ether });
  await chains.transfer({ on: "L1", by: alice, to: away, value: AWAY.ether });
  // Who deploys it owns it.
  const trader = await chains.deploy("L1", "Arbitrageur");
  await chains.transfer({ on: "L1", by: alice, to: trader, value: SPENT });
  const self = await chains.addressOn(trader, "A");
  const route = { home, vault, away, awayThere: away.address, self };
  const trade = async (minProfit: bigint) =>
    await chains.send({ on: "L1", by: deployer, to: trader, call: "trade", args: [route, SPENT, minProfit] });
  const observe = async () => ({
    trader: await chains.balance(trader),
    home: { ether: await chains.balance(home), tokens: await chains.read(home, "tokenReserve") },
    away: { ether: await chains.balance(away), tokens: await chains.read(away, "tokenReserve") },
    supplies: await supplies(chains, bridge),
  });
  return { trader, trade, observe };
}

/** What `ConstantProductPool` gives for `input`. */
function output(input: bigint, reserveIn: bigint, reserveOut: bigint): bigint {
  const counted = input * 997n;
  return (counted * reserveOut) / (reserveIn * 1_000n + counted);
}
