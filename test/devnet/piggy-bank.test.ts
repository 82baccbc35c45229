import path from "node:path";
import { expect } from "chai";
import { BaseContract, ContractFactory, Interface, JsonRpcProvider } from "ethers";
import { createHardhatRuntimeEnvironment, importUserConfig } from "hardhat/hre";
import { Rollups__factory } from "lockstep-client/typechain";
import { createPublicClient, createWalletClient, type Hex, http, parseEther } from "viem";
import { hardhat } from "viem/chains";
import { type Devnet, startDevnet } from "../../builder/devnet/devnet.ts";
import { DEVNET_ROLLUPS } from "../../builder/devnet/devnet-rollups.ts";
import { managerAbi } from "../../builder/devnet/tour/abi.ts";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import { prepareArtefacts } from "../../builder/node/artefacts.ts";
import { freePorts } from "../../builder/node/ports.ts";
import type { PiggyBank } from "../../types/ethers-contracts/examples/PiggyBank.ts";
import { artefact } from "../core/setup.ts";

/**
 * The README's first example, by accounts that the gateway signs for, with nothing but the gateway's
 * address.
 */
describe("the README's PiggyBank through the L1 gateway", function () {
  this.timeout(600_000);
  let devnet: Devnet;
  let ledgerProxy: Hex;

  before(async () => {
    devnet = await startDevnet({
      ports: await freePorts(DEVNET_ROLLUPS.length),
      circuits: await prepareArtefacts(),
    });
    const { l1, rollups } = devnet.description;
    const ledger = rollups.find(({ kind }) => kind === "ledger");
    const call = { address: l1.rollups, abi: managerAbi, args: [LEDGER, BigInt(ledger?.id ?? 0)] } as const;
    const { reader, writer } = viem();
    const [account] = await writer.getAddresses();
    if (account === undefined) throw new Error("the gateway has no accounts");
    const hash = await writer.writeContract({ ...call, functionName: "createProxy", account });
    await reader.waitForTransactionReceipt({ hash });
    ledgerProxy = await reader.readContract({ ...call, functionName: "proxyOf" });
  });
  after(async () => {
    await devnet[Symbol.asyncDispose]();
  });

  function viem() {
    const { gateway, chainId } = devnet.description.l1;
    const chain = { ...hardhat, id: chainId, rpcUrls: { default: { http: [gateway] } } };
    const transport = http(gateway);
    return {
      reader: createPublicClient({ chain, transport, pollingInterval: 50, cacheTime: 0 }),
      writer: createWalletClient({ chain, transport }),
    };
  }

  it("with viem", async () => {
    const { reader, writer } = viem();
    const { abi, bytecode } = await artefact("PiggyBank");
    const [account] = await writer.getAddresses();
    if (account === undefined) throw new Error("the gateway has no accounts");
    const hash = await writer.deployContract({ abi, bytecode, args: [ledgerProxy], account });
    const { contractAddress } = await reader.waitForTransactionReceipt({ hash });
    if (contractAddress === null || contractAddress === undefined) throw new Error("it was not deployed");
    const save = {
      address: contractAddress,
      abi,
      functionName: "save",
      value: parseEther("1"),
      account,
    } as const;
    expect((await reader.simulateContract(save)).result).to.equal(parseEther("1"));
    const saved = await reader.waitForTransactionReceipt({ hash: await writer.writeContract(save) });
    expect(saved.status).to.equal("success");
  });

  it("with ethers", async () => {
    const provider = new JsonRpcProvider(devnet.description.l1.gateway, undefined, {
      pollingInterval: 50,
      cacheTimeout: -1,
    });
    const { abi, bytecode } = await artefact("PiggyBank");
    const contractAbi = new Interface(JSON.stringify(abi));
    const signer = await provider.getSigner(0);
    const deployed = await new ContractFactory(contractAbi, bytecode, signer).deploy(ledgerProxy);
    await deployed.waitForDeployment();
    const rollups = Rollups__factory.connect(devnet.description.l1.rollups, provider);
    const ledger = devnet.description.rollups.find(({ kind }) => kind === "ledger");
    expect(await rollups.proxyOf(LEDGER, ledger?.id ?? 0)).to.equal(ledgerProxy);
    const bank = BaseContract.from<PiggyBank>(await deployed.getAddress(), contractAbi, signer);
    const value = parseEther("1");
    expect(await bank.save.staticCall({ value })).to.equal(value);
    const sent = await bank.save({ value });
    expect((await sent.wait())?.status).to.equal(1);
    provider.destroy();
  });

  it("with Hardhat, by the entry of the README", async () => {
    const root = path.resolve(import.meta.dirname, "../..");
    const config = path.join(root, "hardhat.config.ts");
    const networks = { l1: { type: "http", chainType: "l1", url: devnet.description.l1.gateway } } as const;
    const user = await importUserConfig(config);
    const hre = await createHardhatRuntimeEnvironment({ ...user, networks }, { config }, root);
    const { ethers } = await hre.network.create({ network: "l1", chainType: "l1" });
    const [first] = await ethers.getSigners();
    expect(first?.address).to.equal(devnet.description.accounts[0]?.address);
    const bank = await ethers.deployContract("PiggyBank", [ledgerProxy]);
    await bank.waitForDeployment();
    const value = parseEther("1");
    const sent = await bank.getFunction("save")({ value });
    expect((await sent.wait())?.status).to.equal(1);
  });
});
