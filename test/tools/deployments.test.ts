import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { expect } from "chai";
import {
  BaseError,
  concat,
  createPublicClient,
  createWalletClient,
  defineChain,
  domainSeparator,
  getCreate2Address,
  type Hex,
  http,
  multicall3Abi,
  numberToHex,
  parseAbi,
  RpcRequestError,
} from "viem";
import { z } from "zod";
import { developmentAccounts } from "../../builder/devnet/accounts.ts";
import { type Devnet, startDevnet } from "../../builder/devnet/devnet.ts";
import { DEVNET_ROLLUPS } from "../../builder/devnet/devnet-rollups.ts";
import { PREDEPLOY_NAMES } from "../../builder/kinds/evm/genesis/names.ts";
import { PREDEPLOYS } from "../../builder/kinds/evm/genesis/predeploys.ts";
import { readPredeploys } from "../../builder/kinds/evm/genesis/read.ts";
import { prepareArtefacts } from "../../builder/node/artefacts.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { castAt } from "./foundry.ts";
import { ProjectFolder } from "./project-folder.ts";

const require = createRequire(import.meta.url);
const CREATE2_DEPLOYER = PREDEPLOYS.create2.accounts[0]?.address ?? "0x";
const PERMIT2 = PREDEPLOYS.permit2.accounts[0]?.address ?? "0x";
const ETHER = 10n ** 18n;
/** What Hardhat's scripts print. */
const CALLED = [
  "ERC-20: 5",
  "ERC-721: true",
  "ERC-1155: 3",
  /Uniswap v2: 90000000000000000\d/,
  `Uniswap v3: ${2n ** 96n}`,
  "Safe: 10",
  `EntryPoint: ${ETHER}`,
];

const receipt = z.object({
  status: z.literal("0x1"),
  contractAddress: z.string().nullable(),
  logs: z.array(z.object({ topics: z.array(z.string()) })),
});

/**
 * What many people deploy, deployed on A by the tools that they use, with the tools' defaults; and what those
 * tools expect to be there.
 */
describe("tools on a devnet", function () {
  this.timeout(600_000);
  let devnet: Devnet;
  let project: ProjectFolder;
  let a: string;

  before(async () => {
    const circuits = await prepareArtefacts();
    devnet = await startDevnet({ ports: await freePorts(DEVNET_ROLLUPS.length), circuits });
    a = devnet.description.rollups.find(({ name }) => name === "A")?.gateway ?? "";
    project = await ProjectFolder.open({ l1: devnet.description.l1.gateway, a });
    await project.hardhat("build", "--quiet");
  });
  after(async () => {
    await project[Symbol.asyncDispose]();
    await devnet[Symbol.asyncDispose]();
  });

  const chains = () => {
    const { l1 } = devnet.description;
    const at = async (name: string, url: string) => {
      const transport = http(url);
      const id = await createPublicClient({ transport }).getChainId();
      const nativeCurrency = { name: "Ether", symbol: "ETH", decimals: 18 };
      const chain = defineChain({ id, name, nativeCurrency, rpcUrls: { default: { http: [url] } } });
      return {
        name,
        id,
        reader: createPublicClient({ chain, transport, pollingInterval: 50 }),
        writer: createWalletClient({ chain, transport }),
      };
    };
    return Promise.all([at("L1", l1.gateway), at("A", a)]);
  };

  describe("find their contracts on L1 and on A", () => {
    it("with the code that they have everywhere", async () => {
      for (const { name, reader } of await chains())
        for (const [address, { code, nonce, slots }] of await readPredeploys(PREDEPLOY_NAMES)) {
          expect(await reader.getCode({ address }), `${address} on ${name}`).to.equal(code);
          expect(await reader.getTransactionCount({ address })).to.equal(Number(nonce));
          for (const [slot, word] of slots)
            expect(await reader.getStorageAt({ address, slot })).to.equal(word);
        }
    });

    it("a multicall as viem makes it", async () => {
      const address = PREDEPLOYS.multicall3.accounts[0]?.address ?? "0x";
      for (const { id, reader } of await chains()) {
        const abi = [
          ...multicall3Abi,
          ...parseAbi([
            "function getChainId() view returns (uint256)",
            "function getEthBalance(address) view returns (uint256)",
            "function tryAggregate(bool, (address, bytes)[]) payable returns ((bool, bytes)[])",
          ]),
        ] as const;
        const results = await reader.multicall({
          multicallAddress: address,
          contracts: [
            { address, abi, functionName: "getChainId" },
            { address, abi, functionName: "getEthBalance", args: [address] },
            { address: PERMIT2, abi, functionName: "getChainId" },
          ],
        });
        expect(results.map(({ status, result }) => result ?? status)).to.deep.equal([
          BigInt(id),
          0n,
          "failure",
        ]);
      }
    });

    it("a deployment by CREATE2 at one address on both", async () => {
      const bytecode = await project.bytecode("Card");
      const salt = numberToHex(7n, { size: 32 });
      const address = getCreate2Address({ from: CREATE2_DEPLOYER, salt, bytecode });
      for (const { reader, writer } of await chains()) {
        const [account] = await writer.getAddresses();
        if (account === undefined) throw new Error("the gateway has no accounts");
        const data = concat([salt, bytecode]);
        const hash = await writer.sendTransaction({ account, to: CREATE2_DEPLOYER, data });
        expect((await reader.waitForTransactionReceipt({ hash })).status).to.equal("success");
        expect(await reader.getCode({ address })).to.not.equal(undefined);
      }
    });

    it("a deployment by CREATE2 that fails, and are told so", async () => {
      // Its constructor asks the deployer, a contract, whether it takes tokens.
      const data = concat([numberToHex(7n, { size: 32 }), await project.bytecode("Goods")]);
      for (const { writer } of await chains()) {
        const [account] = await writer.getAddresses();
        if (account === undefined) throw new Error("the gateway has no accounts");
        const refused: unknown = await writer
          .request({
            method: "eth_sendTransaction",
            params: [{ from: account, to: CREATE2_DEPLOYER, data }],
          })
          .catch((error: unknown) => error);
        const reverted =
          refused instanceof BaseError && refused.walk((error) => error instanceof RpcRequestError);
        expect(reverted).to.deep.include({ code: 3, data: "0x", details: "execution reverted" });
      }
    });

    it("Permit2 and EntryPoint v0.8 sign for the chain that they are on", async () => {
      const domainAbi = parseAbi([
        "function DOMAIN_SEPARATOR() view returns (bytes32)",
        "function getDomainSeparatorV4() view returns (bytes32)",
      ]);
      const entryPoint = PREDEPLOYS["entrypoint-0.8"].accounts[0]?.address ?? "0x";
      for (const { id, reader } of await chains()) {
        const domain = { name: "Permit2", chainId: id, verifyingContract: PERMIT2 };
        expect(
          await reader.readContract({ address: PERMIT2, abi: domainAbi, functionName: "DOMAIN_SEPARATOR" }),
        ).to.equal(domainSeparator({ domain }));
        const own = { name: "ERC4337", version: "1", chainId: id, verifyingContract: entryPoint };
        expect(
          await reader.readContract({
            address: entryPoint,
            abi: domainAbi,
            functionName: "getDomainSeparatorV4",
          }),
        ).to.equal(domainSeparator({ domain: own }));
      }
    });

    it("EntryPoints count nonces and take deposits", async () => {
      const abi = parseAbi([
        "function getNonce(address, uint192) view returns (uint256)",
        "function depositTo(address) payable",
        "function balanceOf(address) view returns (uint256)",
      ]);
      for (const { reader, writer } of await chains())
        for (const name of ["entrypoint-0.6", "entrypoint-0.7", "entrypoint-0.8"] as const) {
          const [account] = await writer.getAddresses();
          const address = PREDEPLOYS[name].accounts[0]?.address;
          if (account === undefined || address === undefined) throw new Error("no account, no EntryPoint");
          expect(
            await reader.readContract({ address, abi, functionName: "getNonce", args: [account, 5n] }),
          ).to.equal(5n << 64n);
          const deposit = {
            address,
            abi,
            functionName: "depositTo",
            args: [account],
            value: 3n,
            account,
          } as const;
          await reader.waitForTransactionReceipt({ hash: await writer.writeContract(deposit) });
          expect(
            await reader.readContract({ address, abi, functionName: "balanceOf", args: [account] }),
          ).to.equal(3n);
        }
    });
  });

  describe("deploy OpenZeppelin, Uniswap v2 and v3, Safe and EntryPoint, and call them:", () => {
    for (const [tool, script] of [
      ["Hardhat with ethers", "scripts/ethers.js"],
      ["Hardhat with viem", "scripts/viem.js"],
    ] as const)
      it(tool, async () => {
        const lines = (await project.hardhat("run", "--no-compile", script))
          .trim()
          .split("\n")
          .slice(-CALLED.length);
        for (const [index, called] of CALLED.entries())
          if (typeof called === "string") expect(lines[index]).to.equal(called);
          else expect(lines[index]).to.match(called);
      });

    it("Ignition", async () => {
      const output = await project.hardhat(
        "ignition",
        "deploy",
        "ignition/modules/Everything.js",
        "--network",
        "a",
      );
      const deployed = new Map(
        [...output.matchAll(/^Everything#(\w+) - (0x[0-9a-fA-F]{40})$/gm)].map(([, name = "", at = ""]) => [
          name,
          at,
        ]),
      );
      expect([...deployed.keys()]).to.have.members(IGNITION_HAS);
      const cast = castAt(a);
      const at = (name: string) => deployed.get(name) ?? "";
      const [user = "", other = ""] = developmentAccounts().map(({ address }) => address);
      expect(await cast("call", at("Coin"), "balanceOf(address)(uint256)", other)).to.equal("5");
      expect(
        BigInt((await cast("call", at("V2Pair"), "balanceOf(address)(uint256)", user)).split(" ")[0] ?? 0),
      ).to.equal(10n ** 21n - 1_000n);
      expect(await cast("call", at("V3Pool"), "fee()(uint24)")).to.equal("3000");
      expect(await cast("call", at("SafeProxy"), "isOwner(address)(bool)", user)).to.equal("true");
    });

    it("Ignition by CreateX, which it looks for", async () => {
      const output = await project.hardhat(
        ...["ignition", "deploy", "ignition/modules/Coin.js", "--network", "a"],
        ...["--strategy", "create2", "--deployment-id", "create2"],
      );
      const [, coin = ""] = /^Coin#Coin - (0x[0-9a-fA-F]{40})$/m.exec(output) ?? [];
      expect(await castAt(a)("call", coin, "symbol()(string)")).to.equal('"COIN"');
    });

    it("cast, with a key and with the gateway's accounts", async () => {
      const cast = castAt(a);
      const [, second, third] = developmentAccounts();
      if (second === undefined || third === undefined) throw new Error("a devnet has accounts");
      const byKey = ["--private-key", second.privateKey];
      const unlocked = ["--unlocked", "--from", second.address];
      const send = async (signer: string[], ...options: string[]) =>
        receipt.parse(JSON.parse(await cast("send", "--json", ...signer, ...options)));
      const create = async (signer: string[], bytecode: string, ...constructor: string[]) =>
        (await send(signer, "--create", bytecode, ...constructor)).contractAddress ?? "";

      const coin = await create(byKey, await project.bytecode("Coin"));
      const coin2 = await create(unlocked, await project.bytecode("Coin"));
      const card = await create(byKey, await project.bytecode("Card"));
      const goods = await create(unlocked, await project.bytecode("Goods"));
      await send(unlocked, coin, "transfer(address,uint256)", third.address, "5");
      expect(await cast("call", coin, "balanceOf(address)(uint256)", third.address)).to.equal("5");
      await send(byKey, card, "transferFrom(address,address,uint256)", second.address, third.address, "1");
      expect(await cast("call", card, "ownerOf(uint256)(address)", "1")).to.equal(third.address);
      const goodsTo = "safeTransferFrom(address,address,uint256,uint256,bytes)";
      await send(byKey, goods, goodsTo, second.address, third.address, "7", "3", "0x");
      expect(await cast("call", goods, "balanceOf(address,uint256)(uint256)", third.address, "7")).to.equal(
        "3",
      );

      const v2 = await create(
        byKey,
        await packaged("@uniswap/v2-core/build/UniswapV2Factory.json"),
        "constructor(address)",
        second.address,
      );
      await send(unlocked, v2, "createPair(address,address)", coin, coin2);
      const pair = await cast("call", v2, "getPair(address,address)(address)", coin, coin2);
      expect(await cast("call", pair, "factory()(address)")).to.match(new RegExp(v2, "i"));
      const v3 = await create(
        byKey,
        await packaged("@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json"),
      );
      await send(unlocked, v3, "createPool(address,address,uint24)", coin, coin2, "500");
      const pool = await cast("call", v3, "getPool(address,address,uint24)(address)", coin, coin2, "500");
      await send(byKey, pool, "initialize(uint160)", String(2n ** 96n));
      expect(await cast("call", pool, "tickSpacing()(int24)")).to.equal("10");

      const artifacts = "@safe-global/safe-contracts/build/artifacts/contracts";
      const singleton = await create(byKey, await packaged(`${artifacts}/Safe.sol/Safe.json`));
      const factory = await create(
        byKey,
        await packaged(`${artifacts}/proxies/SafeProxyFactory.sol/SafeProxyFactory.json`),
      );
      const zero = numberToHex(0n, { size: 20 });
      const setup = "setup(address[],uint256,address,bytes,address,address,uint256,address)";
      const initializer = await cast(
        "calldata",
        setup,
        `[${second.address}]`,
        "1",
        zero,
        "0x",
        zero,
        zero,
        "0",
        zero,
      );
      const made = await send(
        byKey,
        factory,
        "createProxyWithNonce(address,bytes,uint256)",
        singleton,
        initializer,
        "0",
      );
      const proxy = `0x${made.logs.at(-1)?.topics[1]?.slice(26) ?? ""}`;
      expect(await cast("call", proxy, "isOwner(address)(bool)", second.address)).to.equal("true");

      const entryPoint = await create(
        byKey,
        await packaged("@account-abstraction/contracts/artifacts/EntryPoint.json"),
      );
      await send(unlocked, entryPoint, "depositTo(address)", third.address, "--value", "9");
      expect(await cast("call", entryPoint, "balanceOf(address)(uint256)", third.address)).to.equal("9");
    });

    it("cast through L1's gateway", async () => {
      const cast = castAt(devnet.description.l1.gateway);
      const [, second] = developmentAccounts();
      const bytecode = await project.bytecode("Coin");
      for (const signer of [
        ["--private-key", second?.privateKey ?? ""],
        ["--unlocked", "--from", second?.address ?? ""],
      ]) {
        const { contractAddress } = receipt.parse(
          JSON.parse(await cast("send", "--json", ...signer, "--create", bytecode)),
        );
        expect(await cast("call", contractAddress ?? "", "decimals()(uint8)")).to.equal("18");
      }
    });
  });
});

const IGNITION_HAS = [
  ...["Card", "Coin", "Coin2", "Goods", "EntryPoint", "Safe", "SafeProxy", "SafeProxyFactory"],
  ...["V2Factory", "V2Pair", "V3Factory", "V3Pool"],
];

async function packaged(file: string): Promise<Hex> {
  const { bytecode } = z
    .object({ bytecode: z.string() })
    .parse(JSON.parse(await readFile(require.resolve(file), "utf8")));
  return `0x${bytecode.replace(/^0x/, "")}`;
}
