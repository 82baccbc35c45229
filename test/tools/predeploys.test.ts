import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import {
  type Address,
  getContractAddress,
  getCreate2Address,
  type Hex,
  keccak256,
  parseTransaction,
  recoverTransactionAddress,
  serializeTransaction,
  type TransactionSerializedLegacy,
} from "viem";
import { z } from "zod";
import { developmentAccount } from "../../builder/devnet/accounts.ts";
import { type L1Node, startL1 } from "../../builder/devnet/l1.ts";
import { ConstructionSite } from "../../builder/kinds/evm/genesis/construct.ts";
import { PREDEPLOY_NAMES, type PredeployName } from "../../builder/kinds/evm/genesis/names.ts";
import {
  create2DeployerInit,
  createXInit,
  entryPoint06Init,
  predeployBytes,
} from "../../builder/kinds/evm/genesis/packages.ts";
import { PREDEPLOYS } from "../../builder/kinds/evm/genesis/predeploys.ts";
import { type GenesisAccounts, readPredeploy, readPredeploys } from "../../builder/kinds/evm/genesis/read.ts";
import { createEvmKind, evmKind } from "../../builder/kinds/evm/index.ts";
import { EvmMachine } from "../../builder/kinds/evm/machine.ts";
import { connectL1 } from "../../builder/l1/client.ts";
import { parseConfiguration, predeploys, shownPredeploys } from "../../builder/node/configuration.ts";
import { compileContracts } from "../../builder/node/deployment/compile.ts";
import { type Deployment, deploy } from "../../builder/node/deployment/deploy.ts";
import { withRegisteredGenesis } from "../../builder/node/genesis/registered.ts";
import { deployedKinds, knownKind } from "../../builder/node/kinds/index.ts";
import { chainId } from "../../builder/protocol/ids.ts";
import { expectCode } from "../protocol/expect-code.ts";

const require = createRequire(import.meta.url);
const hex = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]+$/)]);

function addressesOf(name: PredeployName): Address[] {
  return PREDEPLOYS[name].accounts.map(({ address }) => address);
}

async function entryPointOf(packageName: string): Promise<Hex> {
  const file = require.resolve(`${packageName}/artifacts/EntryPoint.json`);
  return z.object({ bytecode: hex }).parse(JSON.parse(await readFile(file, "utf8"))).bytecode;
}

/** Checks where constructors put contracts by what has been signed, and by what is hashed. */
describe("predeploys", () => {
  describe("stand where they stand on every chain", () => {
    const expectAt = (name: PredeployName, ...derived: Address[]) => {
      expect(derived.map((address) => address.toLowerCase())).to.deep.equal(addressesOf(name));
    };

    async function create(transaction: Hex): Promise<Address> {
      const serializedTransaction = z.custom<TransactionSerializedLegacy>().parse(transaction);
      const from = await recoverTransactionAddress({ serializedTransaction });
      expect(parseTransaction(transaction).nonce ?? 0).to.equal(0);
      return getContractAddress({ from, nonce: 0n });
    }

    it("the CREATE2 deployer: by a transaction whose signature is made up, so that there is no key", async () => {
      const word: Hex = `0x${"22".repeat(32)}`;
      const transaction = serializeTransaction(
        { type: "legacy", gasPrice: 100_000_000_000n, gas: 100_000n, data: await create2DeployerInit() },
        { r: word, s: word, v: 27n },
      );
      expectAt("create2", await create(transaction));
    });

    it("Safe's factory: by what Safe signed for this chain and for Ethereum", async () => {
      for (const chain of [1, 31337]) {
        const file = require.resolve(
          `@safe-global/safe-singleton-factory/artifacts/${chain}/deployment.json`,
        );
        const { transaction } = z
          .object({ transaction: hex })
          .parse(JSON.parse(await readFile(file, "utf8")));
        expect(parseTransaction(transaction)).to.include({
          chainId: chain,
          data: await create2DeployerInit(),
        });
        expectAt("safe-factory", await create(transaction));
      }
    });

    it("CreateX: by the transaction that Ignition sends", async () => {
      const strategy = "dist/src/internal/execution/strategy/createx-artifact.js";
      const ignition = path.dirname(require.resolve("@nomicfoundation/ignition-core/package.json"));
      const loaded: unknown = await import(path.join(ignition, strategy));
      const { presignedTx } = z.object({ presignedTx: hex }).parse(loaded);
      expect(parseTransaction(presignedTx).data).to.equal(await createXInit());
      expectAt("createx", await create(presignedTx));
    });

    const BY_CREATE2 = [
      {
        name: "permit2",
        salt: "0x0000000000000000000000000000000000000000d3af2663da51c10215000000",
        init: () => predeployBytes("0x000000000022D473030F116dDEE9F6B43aC78BA3"),
      },
      { name: "entrypoint-0.6", salt: `0x${"00".repeat(32)}`, init: entryPoint06Init },
      {
        name: "entrypoint-0.7",
        salt: "0x90d8084deab30c2a37c45e8d47f49f2f7965183cb6990a98943ef94940681de3",
        init: () => entryPointOf("@account-abstraction/contracts-v07"),
      },
      {
        name: "entrypoint-0.8",
        salt: "0x0a59dbff790c23c976a548690c27297883cc66b4c67024f9117b0238995e35e9",
        init: () => entryPointOf("@account-abstraction/contracts"),
      },
    ] as const;

    for (const { name, salt, init } of BY_CREATE2)
      it(`${name}: by salt and init code, with the code that its constructor makes`, async () => {
        const { accounts } = PREDEPLOYS[name];
        const [from = "0x"] = addressesOf("create2");
        const bytecode = await init();
        const address = getCreate2Address({ from, salt, bytecode });
        expectAt(
          name,
          ...[address, getContractAddress({ from: address, nonce: 1n })].slice(0, accounts.length),
        );

        const site = await ConstructionSite.open();
        const { construction } = PREDEPLOYS.create2;
        if (construction !== undefined) await site.construct(construction);
        await site.construct({ factory: from, salt, init });
        for (const { address: at, nonce, codeHash, slots } of accounts) {
          expect(keccak256(await site.code(at))).to.equal(codeHash);
          expect(await site.nonce(at)).to.equal(nonce);
          for (const [slot, word] of slots ?? []) expect(await site.slot(at, slot)).to.equal(word);
        }
      });
  });

  it("are those of the specification's table", async () => {
    const spec = await readFile(path.resolve(import.meta.dirname, "../../docs/spec.md"), "utf8");
    const rows = [
      ...spec.matchAll(/^\| (.*?) +\| `(0x[0-9a-f]{40})` \| (\d) +\| `(0x[0-9a-f]{64})` \|(.*)\|$/gm),
    ];
    expect(
      rows.map(([, name, address, nonce, codeHash, slots]) => [
        name,
        address,
        nonce,
        codeHash,
        slots?.trim(),
      ]),
    ).to.deep.equal(
      PREDEPLOY_NAMES.flatMap((name) =>
        PREDEPLOYS[name].accounts.map(({ address, nonce, codeHash, slots = new Map<Hex, Hex>() }, index) => [
          index === 0 ? `\`${name}\`` : "",
          address,
          String(nonce),
          codeHash,
          [...slots].map(([slot, word]) => `${BigInt(slot)}: ${BigInt(word)}`).join(", "),
        ]),
      ),
    );
  });

  describe("are part of a rollup's genesis", () => {
    it("with code, nonce and slots; without, the genesis is what it was", async () => {
      const machine = await createEvmKind({ predeploys: PREDEPLOY_NAMES }).open({ id: chainId(1n) });
      if (!(machine instanceof EvmMachine)) throw new TypeError("an EVM rollup is an EVM machine");
      const accounts = await readPredeploys(PREDEPLOY_NAMES);
      expect(accounts.size).to.equal(11);
      for (const [address, { code, nonce, slots }] of accounts) {
        expect(machine.store.account(address)).to.deep.equal({ code, nonce, balance: 0n });
        for (const [slot, word] of slots) expect(machine.store.slot(address, slot)).to.equal(word);
      }
      await machine.close();
      expect(await createEvmKind({ predeploys: [] }).genesisRoot()).to.equal(await evmKind.genesisRoot());
    });

    it("whatever the order in which they are named", async () => {
      const root = (names: PredeployName[]) => createEvmKind({ predeploys: names }).genesisRoot();
      const given = await root(["create2", "createx"]);
      expect(await root(["createx", "create2", "createx"])).to.equal(given);
      expect(await root(["create2"])).to.not.equal(given);
    });

    it("refuses a folder that began with others", async () => {
      const folder = await mkdtemp(path.join(tmpdir(), "lockstep-predeploys-"));
      const open = (names: PredeployName[]) =>
        createEvmKind({ predeploys: names }).open({ id: chainId(1n), folder });
      await (await open(["create2"])).close();
      await expectCode(open([]), "FOREIGN_STATE");
      await expectCode(open(["create2", "safe-factory"]), "FOREIGN_STATE");
      await (await open(["create2"])).close();
      await rm(folder, { recursive: true });
    });

    it("refuses code that is not what it should be", async () => {
      const site = await ConstructionSite.open();
      const wrong = async (change: object) =>
        readPredeploy(site, "create2", {
          ...PREDEPLOYS.create2,
          accounts: PREDEPLOYS.create2.accounts.map((account) => ({ ...account, ...change })),
        });
      await expectCode(wrong({ codeHash: `0x${"00".repeat(32)}` }), "PREDEPLOY_CODE", /has the hash 0x2fa8/);
      await expectCode(wrong({ nonce: 3n }), "PREDEPLOY_CODE", /nonce 1, not 3/);
    });
  });

  describe("are named for a deployment", () => {
    const parse = (text: string) => parseConfiguration(predeploys, text);

    it("by all, none, or their names", () => {
      for (const text of ["all", "none", "create2,createx"])
        expect(shownPredeploys(parse(text))).to.equal(text);
      expect(parse(" permit2 , multicall3")).to.deep.equal(["permit2", "multicall3"]);
      expect(() => parse("create3")).to.throw(/they are create2, .* or all, or none/);
      expect(() => parse("")).to.throw();
    });

    describe("and known again by the root that L1 has", function () {
      this.timeout(120_000);
      let l1: L1Node;
      before(async () => {
        await compileContracts();
        l1 = await startL1(0);
      });
      after(async () => {
        await l1.close();
      });

      async function deployed(names: readonly PredeployName[]): Promise<Deployment> {
        const kinds = deployedKinds(["evm", "evm"], names);
        return await deploy({ rpc: l1.url, kinds, circuits: new Map(), account: developmentAccount(0) });
      }

      it("all and none without being named, others when they are", async () => {
        const client = connectL1(l1.url);
        for (const names of [PREDEPLOY_NAMES, [], ["createx"]] as const) {
          const { rollups: manager, registered, deploymentBlock: firstBlock } = await deployed(names);
          const registration = { l1: client, manager, firstBlock };
          const wanted = registered.map(({ id }) => ({ id, kind: knownKind("evm") }));
          const named = await withRegisteredGenesis(registration, wanted, names);
          const root = await createEvmKind({ predeploys: names }).genesisRoot();
          for (const { kind } of named) expect(await kind.kind.genesisRoot()).to.equal(root);
          const unnamed = withRegisteredGenesis(registration, wanted);
          if (names.length === 1) await expectCode(unnamed, "WRONG_GENESIS", /not the one of all or none/);
          else expect(await (await unnamed)[0]?.kind.kind.genesisRoot()).to.equal(root);
          await expectCode(withRegisteredGenesis(registration, wanted, ["permit2"]), "WRONG_GENESIS");
        }
      });

      it("and contracts of a user's own, when they are given again", async () => {
        const address: Address = "0x000000000000000000000000000000000000beef";
        const own = (code: Hex): GenesisAccounts =>
          new Map([[address, { nonce: 1n, balance: 0n, code, slots: new Map<Hex, Hex>() }]]);
        const kinds = deployedKinds(["evm", "evm"], ["createx"], [undefined, own("0x5f00")]);
        const {
          rollups: manager,
          registered,
          deploymentBlock: firstBlock,
        } = await deploy({
          rpc: l1.url,
          kinds,
          circuits: new Map(),
          account: developmentAccount(0),
        });
        const registration = { l1: connectL1(l1.url), manager, firstBlock };
        const known = async (accounts?: GenesisAccounts) => {
          const [first, second] = registered.map(({ id }) => ({ id, kind: knownKind("evm") }));
          if (first === undefined || second === undefined) throw new RangeError("two were deployed");
          return await withRegisteredGenesis(registration, [first, { ...second, accounts }], ["createx"]);
        };
        const roots = (await known(own("0x5f00"))).map(({ kind }) => kind.kind.genesisRoot());
        expect(await Promise.all(roots)).to.deep.equal(
          await Promise.all(kinds.map(({ kind }) => kind.genesisRoot())),
        );
        await expectCode(known(), "WRONG_GENESIS", /rollup 2 .*not the one of createx\. Give .* --genesis/);
        await expectCode(known(own("0x00")), "WRONG_GENESIS", /createx with 0x0+beef/);
      });
    });
  });
});
