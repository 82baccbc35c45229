import { expect } from "chai";
import { encodeErrorResult } from "viem";
import { deployBridge, supplies } from "./support/bridge.ts";
import { refusalOf } from "./support/refusal.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import type { SolidityChain, ScenarioChains } from "./support/scenario-chains.ts";
import { alice, bob, carol } from "./support/world.ts";

scenario({ number: 27, name: "bridge", chains: ["L1", "A", "B"] }, async (world) => {
  expect(await asOnOneChain(world, severalTransactions)).to.deep.equal({
    locked: { locked: 100n, minted: 100n },
    paid: { alice: 60n, bob: 40n },
    end: { locked: 0n, minted: 0n },
    home: { alice: 960n, bob: 40n },
  });
  for (const [home, away] of [
    ["L1", "A"],
    ["A", "L1"],
    ["A", "B"],
  ] as const)
    expect(await asOnOneChain(world, oneTransaction(home, away)), `${home} to ${away}`).to.deep.equal({
      minted: 100n,
      end: { locked: 30n, minted: 30n },
      home: 70n,
      away: 30n,
    });

  // Only the other side mints or releases.
  const { vault, wrapped } = await deployBridge(world, 1n);
  const steal = await refusalOf(
    world.send({ on: "L1", by: bob, to: vault, call: "release", args: [bob.address, 1n] }),
  );
  expect(steal.data).to.equal(
    encodeErrorResult({ abi: vault.abi, errorName: "NotWrappedToken", args: [bob.address] }),
  );
  const forge = await refusalOf(
    world.send({ on: "L1", by: bob, to: wrapped, call: "mint", args: [bob.address, 1n] }),
  );
  const forger = await world.knownAs({ chain: "L1", address: bob.address }, "A");
  expect(forge.data).to.equal(encodeErrorResult({ abi: wrapped.abi, errorName: "NotVault", args: [forger] }));
});

async function severalTransactions(chains: ScenarioChains) {
  const bridge = await deployBridge(chains, 1_000n);
  const { token, vault, wrapped } = bridge;
  await chains.send({ on: "L1", by: alice, to: token, call: "approve", args: [vault, 100n] });
  // Her own address, on the other chain.
  await chains.send({ on: "L1", by: alice, to: vault, call: "lock", args: [alice.address, 100n] });
  const locked = await supplies(chains, bridge);
  await chains.send({ on: "A", by: alice, to: wrapped, call: "transfer", args: [bob.address, 40n] });
  const balances = async (of: typeof token) => ({
    alice: await chains.read(of, "balanceOf", [alice.address]),
    bob: await chains.read(of, "balanceOf", [bob.address]),
  });
  const paid = await balances(wrapped);
  await chains.send({ on: "A", by: alice, to: wrapped, call: "unlock", args: [alice.address, 60n] });
  await chains.send({ on: "A", by: bob, to: wrapped, call: "unlock", args: [bob.address, 40n] });
  return { locked, paid, end: await supplies(chains, bridge), home: await balances(token) };
}

/** There and back, with a payment in between. */
function oneTransaction(home: SolidityChain, away: SolidityChain) {
  return async (chains: ScenarioChains) => {
    const bridge = await deployBridge(chains, 1_000n, home, away);
    const { token, vault, wrapped } = bridge;
    const tourist = await chains.deploy(home, "BridgeTourist", [vault]);
    await chains.send({ on: home, by: alice, to: token, call: "transfer", args: [tourist, 100n] });
    const self = await chains.addressOn(tourist, away);
    const args = [100n, 30n, self, carol.address];
    const { success } = await chains.send({ on: home, by: alice, to: tourist, call: "travel", args });
    expect(success).to.equal(true);
    return {
      minted: await chains.read(tourist, "supplyThere"),
      end: await supplies(chains, bridge),
      home: await chains.read(token, "balanceOf", [tourist]),
      away: await chains.read(wrapped, "balanceOf", [carol.address]),
    };
  };
}
