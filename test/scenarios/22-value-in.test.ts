import { expect } from "chai";
import { parseEther } from "viem";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice, bob, carol } from "./support/world.ts";

scenario({ number: 22, name: "value in", chains: ["L1", "A"] }, async (world) => {
  const ether = parseEther("1");
  const observed = await asOnOneChain(world, async (chains) => {
    const jar = await chains.deploy("A", "TipJar", [bob.address]);
    await chains.transfer({ on: "L1", by: alice, to: jar, value: ether });
    if (chains === world) expect((await world.onL1("A")).ether, "held for A").to.equal(ether);
    const sent = await chains.send({
      on: "L1",
      by: alice,
      to: jar,
      call: "tip",
      args: ["thank you"],
      value: ether / 2n,
    });
    const tipper = await chains.addressOn({ chain: "L1", address: alice.address }, "A");
    if (chains === world) {
      expect(sent.events(jar), "events of A's contract on L1").to.deep.equal([]);
      expect((await world.onL1("A")).ether, "held for A").to.equal((ether * 3n) / 2n);
    }
    return { jar: await chains.balance(jar), tips: await chains.read(jar, "tips", [tipper]) };
  });
  expect(observed).to.deep.equal({ jar: (ether * 3n) / 2n, tips: (ether * 3n) / 2n });

  // An account without code, and what it costs the sender.
  const account = { chain: "A", address: carol.address } as const;
  const before = await world.balance({ chain: "L1", address: alice.address });
  const { hash } = await world.transfer({ on: "L1", by: alice, to: account, value: ether, data: "0x1234" });
  const { gasUsed, effectiveGasPrice } = await world.l1.reader.getTransactionReceipt({ hash });
  expect(await world.balance(account)).to.equal(ether);
  const paid = before - (await world.balance({ chain: "L1", address: alice.address }));
  expect(paid, "what the sender paid").to.equal(ether + gasUsed * effectiveGasPrice);
});
