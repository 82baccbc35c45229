import { expect } from "chai";
import { encodeErrorResult, getAddress, numberToHex, parseAbi, slice, toEventSelector } from "viem";
import { z } from "zod";
import { castAt } from "../foundry.ts";
import { type Across, DIRECTIONS } from "./chains.ts";
import { counterAndCaller, create, createProxy, proxyOf, send } from "./counters.ts";

const hex = z.templateLiteral(["0x", z.string().regex(/^[0-9a-fA-F]+$/)]);
const logs = z.array(
  z.object({
    topics: z.array(hex),
    data: hex,
    blockNumber: hex,
    transactionHash: hex,
    removed: z.literal(false),
  }),
);
const INCREMENTED = "Incremented(address indexed,uint256)";

/** What a user of cast types, and what they look at. */
export function castTests(across: () => Across): void {
  for (const [from, to] of DIRECTIONS)
    it(`calls ${to.toUpperCase()} from ${from.toUpperCase()}, and shows what came of it on both`, async () => {
      const { [from]: near, [to]: far, user } = across();
      const [here, there] = [castAt(near.gateway), castAt(far.gateway)];
      const { counter, caller } = await counterAndCaller(far, near, user);

      const asked = ["--from", user.address, caller];
      expect(await here("call", ...asked, "bump()(uint256)"), "played, not sent").to.equal("1");
      expect(await there("call", counter, "count()(uint256)")).to.equal("0");
      const estimate = BigInt(await here("estimate", ...asked, "bump()"));
      expect(await here("access-list", ...asked, "bump()")).to.match(/gas used: \d+/);

      const sent = await send(near, user, caller, "bump()");
      const gasUsed = BigInt(await here("receipt", sent.transactionHash, "gasUsed"));
      expect(await here("receipt", sent.transactionHash, "status")).to.equal("true");
      expect(gasUsed <= estimate, `${gasUsed} of ${estimate}`).to.equal(true);
      expect(await here("call", caller, "lastResult()(uint256)")).to.equal("1");
      expect(await there("call", counter, "count()(uint256)")).to.equal("1");
      expect(await there("storage", counter, "0")).to.equal(numberToHex(1n, { size: 32 }));

      const shown = await there("logs", "--json", "--address", counter, INCREMENTED);
      const [log, ...more] = logs.parse(JSON.parse(shown));
      if (log === undefined) throw new Error(shown);
      expect(more).to.deep.equal([]);
      expect(log.topics[0]).to.equal(toEventSelector("Incremented(address,uint256)"));
      const by = slice(log.topics[1] ?? "0x", 12);
      expect(by, "msg.sender there").to.equal((await proxyOf(far, caller, near)).toLowerCase());
      const block = await there("block", String(BigInt(log.blockNumber)), "--json");
      expect(z.object({ transactions: z.array(hex) }).parse(JSON.parse(block)).transactions).to.include(
        log.transactionHash,
      );
      expect(await there("receipt", log.transactionHash, "status")).to.equal("true");
    });

  it("moves Ether to A's account of the same key, and reads both balances", async () => {
    const { l1, a, user, other } = across();
    const [onL1, onA] = [castAt(l1.gateway), castAt(a.gateway)];
    const proxy = await createProxy(l1, user, other.address, a);
    const before = BigInt(await onA("balance", other.address));
    await send(l1, user, proxy, "--value", "3ether");
    expect(BigInt(await onA("balance", other.address)) - before).to.equal(3n * 10n ** 18n);
    expect(await onL1("balance", "--ether", l1.manager)).to.match(/^\d+\.\d+$/);
    expect(await onA("nonce", other.address)).to.equal("0");
  });

  it("runs a transaction of L1 again with what A answered in it, and one of A that stays there", async () => {
    const { l1, a, user } = across();
    const { counter, caller } = await counterAndCaller(a, l1, user);
    const { transactionHash } = await send(l1, user, caller, "bump()");
    const run = await castAt(l1.gateway)("run", transactionHash);
    expect(run).to.match(/Transaction successfully executed/);
    expect(run).to.match(new RegExp(`← \\[Return\\] ${numberToHex(1n, { size: 32 })}`));
    const stays = await send(a, user, counter, "increment()");
    const again = await castAt(a.gateway)("run", stays.transactionHash);
    expect(again).to.match(/Transaction successfully executed/);
    expect(again).to.match(new RegExp(`← \\[Return\\] ${numberToHex(2n, { size: 32 })}`));
  });

  it("speaks to the gateways' own methods", async () => {
    const { l1, a } = across();
    const status = z.object({ rollups: z.array(z.object({ id: hex, proof: z.string() })) });
    for (const { gateway } of [l1, a]) {
      const { rollups } = status.parse(JSON.parse(await castAt(gateway)("rpc", "lockstep_status")));
      expect(rollups.find(({ id }) => BigInt(id) === a.id)?.proof).to.equal("UNPROVEN");
    }
    for (const { gateway, evmChainId } of [l1, a])
      expect(await castAt(gateway)("chain-id")).to.equal(String(evmChainId));
  });

  it("is told the other chain's reason when a call reverts, and sends nothing", async () => {
    const { l1, a, user } = across();
    const proxy = await createProxy(l1, user, await create(a, user, "SeatPlan"), a);
    await send(l1, user, proxy, "reserve(uint256)", "7");
    const holder = await proxyOf(a, user.address, l1);
    const error = encodeErrorResult({
      abi: parseAbi(["error Taken(uint256 seat, address holder)"]),
      args: [7n, getAddress(holder)],
    });
    const nonce = await castAt(l1.gateway)("nonce", user.address);
    const call = [proxy, "reserve(uint256)", "7"];
    for (const refused of [
      ["call", "--from", user.address, ...call],
      ["send", "--private-key", user.privateKey, ...call],
    ]) {
      const said = await castAt(l1.gateway)(...refused).catch(String);
      expect(said)
        .to.match(/execution reverted/)
        .and.to.include(error);
    }
    expect(await castAt(l1.gateway)("nonce", user.address)).to.equal(nonce);
  });
}
