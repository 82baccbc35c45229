import { expect } from "chai";
import fc from "fast-check";
import { type Address, getContract, keccak256, numberToHex, parseAbi } from "viem";
import { lowerCase } from "../../builder/protocol/address.ts";
import { type ChainId, chainId, L1 } from "../../builder/protocol/ids.ts";
import { RollupProxies } from "../../builder/proving/bus/proxies.ts";
import { SELF, TestRollup } from "../kinds/evm/reference/rollup.ts";
import { expectRevert } from "./outcome.ts";
import { connect } from "./setup.ts";
import { seedOf } from "./seed.ts";

const abi = parseAbi([
  "constructor(bytes init)",
  "error UnknownProxyLayout()",
  "function callerProxy(address original, uint64 rollup) view returns (address, bytes32, uint256)",
]);
/** Gas of both hashes, with the copy of the code from a cold account. */
const GAS_TARGET = 3_800n;

describe("CallerProxies", function () {
  this.timeout(120_000);
  let rollup: TestRollup;
  let proxies: RollupProxies;
  let ask: (original: Address, chain: ChainId) => Promise<readonly [Address, `0x${string}`, bigint]>;

  before(async () => {
    const l1 = await connect();
    proxies = RollupProxies.read();
    const address = await l1.create("CallerProxiesProbe", abi, [proxies.initCode]);
    const probe = getContract({ abi, address, client: l1.publicClient });
    ask = (original, chain) => probe.read.callerProxy([original, chain]);
    rollup = await TestRollup.open();
  });

  after(() => rollup.close());

  it("names the proxies that rollups create", async () => {
    for (const [original, chain] of [
      ["0x00000000000000000000000000000000c0ffee01", L1],
      ["0xffffffffffffffffffffffffffffffffffffffff", chainId((1n << 64n) - 1n)],
    ] as const) {
      const { address } = await rollup.proxy(original, chain);
      const [proxy, codeHash] = await ask(original, chain);
      expect(lowerCase(proxy)).to.equal(lowerCase(address));
      expect(codeHash).to.equal(keccak256(rollup.store.account(lowerCase(proxy))?.code ?? "0x"));
    }
  });

  it("is what the builder computes, for any caller and chain", async () => {
    const original = fc.bigInt({ min: 0n, max: (1n << 160n) - 1n });
    const chain = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
    await fc.assert(
      fc.asyncProperty(original, chain, async (who, where) => {
        const caller = numberToHex(who, { size: 20 });
        const [address, codeHash] = await ask(caller, chainId(where));
        const expected = proxies.of(caller, chainId(where));
        expect({ address: lowerCase(address), codeHash }).to.deep.equal(expected);
      }),
      { numRuns: 20, seed: seedOf("LOCKSTEP_PROXIES_SEED") },
    );
  });

  it("takes no code that is not of proxies", async () => {
    const l1 = await connect();
    for (const code of ["0x", "0x00", "0x5f5ffd", "0x60205ff3"])
      await expectRevert(l1.create("CallerProxiesProbe", abi, [code]), "UnknownProxyLayout", [], abi);
  });

  it(`takes less than ${GAS_TARGET} gas`, async () => {
    const [, , gas] = await ask("0x00000000000000000000000000000000c0ffee01", SELF);
    expect(gas < GAS_TARGET, `${gas} gas`).to.equal(true);
  });
});
