import path from "node:path";
import { expect } from "chai";
import { createHardhatRuntimeEnvironment, importUserConfig } from "hardhat/hre";
import type { HttpNetworkAccountsUserConfig } from "hardhat/types/config";
import { toHex } from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import { GATEWAY_KINDS } from "../../builder/node/kinds/index.ts";
import { startL1Gateway } from "../../builder/gateway/l1.ts";
import type { Gateway } from "../../builder/gateway/server.ts";
import { L1 } from "../../builder/protocol/ids.ts";
import { accountAt, artefact, builderAccount, type Lockstep, startLockstep } from "./setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "./unproven.ts";

/** A project that uses Hardhat 3 with ethers, and names the gateway as its network. */
describe("gateway of L1 with Hardhat as its client", function () {
  this.timeout(180_000);
  const employee = accountAt(3).address;
  let lockstep: Lockstep;
  let builder: Builder;
  let gateway: Gateway;

  before(async () => {
    await artefact("PiggyBank");
    lockstep = await startLockstep();
    builder = await createBuilder({
      l1Rpc: lockstep.l1.url,
      manager: lockstep.rollups,
      rollups: [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }],
      account: builderAccount,
      prover: new UnprovenProver(),
    });
    gateway = await startL1Gateway(builder, { kinds: GATEWAY_KINDS, port: 0, accounts: [accountAt(2)] });
  });
  after(async () => {
    await gateway.close();
    await builder.stop();
    await lockstep.l1.close();
  });

  async function connect(accounts: HttpNetworkAccountsUserConfig) {
    const root = path.resolve(import.meta.dirname, "../..");
    const config = path.join(root, "hardhat.config.ts");
    const networks = { lockstep: { type: "http", chainType: "l1", url: gateway.url, accounts } } as const;
    const user = await importUserConfig(config);
    const hre = await createHardhatRuntimeEnvironment({ ...user, networks }, { config }, root);
    return await hre.network.create({ network: "lockstep", chainType: "l1" });
  }

  const privateKey = toHex(accountAt(1).getHdKey().privateKey ?? new Uint8Array());
  for (const [name, accounts, sender] of [
    ["accounts of the gateway", "remote", accountAt(2).address],
    ["private keys of its own", [privateKey], accountAt(1).address],
  ] as const) {
    it(`deploys, saves, reads and decodes a revert with ${name}`, async () => {
      const { ethers, provider } = await connect(typeof accounts === "string" ? accounts : [...accounts]);
      const [signer] = await ethers.getSigners();
      expect(signer?.address).to.equal(sender);
      const bank = await ethers.deployContract("PiggyBank", [lockstep.ledgerProxy]);
      await bank.waitForDeployment();
      expect(await bank.getFunction("save").staticCall({ value: 70n })).to.equal(70n);
      for (const [value, total] of [
        [70n, 70n],
        [30n, 100n],
      ] as const) {
        const saved = await bank.getFunction("save")({ value });
        expect((await saved.wait())?.status).to.equal(1);
        expect(await balanceOf(await bank.getAddress())).to.equal(total);
      }

      const ledger = await ethers.getContractAt("ILedger", lockstep.ledgerProxy);
      expect(await ledger.getFunction("balanceOf")(0n, await bank.getAddress())).to.equal(100n);
      const overdrawn = async () => await ledger.getFunction("transfer")(0n, employee, 5n);
      await expect(overdrawn()).to.be.revertedWithCustomError(ledger, "InsufficientBalance").withArgs(0n, 5n);
      // With the gas given, nothing is estimated: the transaction itself is refused.
      const forced = ledger.getFunction("transfer")(0n, employee, 5n, { gasLimit: 1_000_000n });
      await expect(forced).to.be.revertedWithCustomError(ledger, "InsufficientBalance").withArgs(0n, 5n);
      expect(BigInt(String(await provider.request({ method: "eth_chainId" })))).to.equal(31337n);
    });
  }

  async function balanceOf(address: string): Promise<bigint> {
    return (await builder.account(lockstep.ledger, L1, `0x${address.slice(2)}`)).balance;
  }
});
