import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { type Address, checksumAddress, type Hex, numberToHex, size } from "viem";
import { DEVNET_ROLLUPS } from "../../builder/devnet/devnet-rollups.ts";
import { PREDEPLOY_NAMES } from "../../builder/kinds/evm/genesis/names.ts";
import type { GenesisAccounts } from "../../builder/kinds/evm/genesis/read.ts";
import { createEvmKind } from "../../builder/kinds/evm/index.ts";
import { EvmMachine } from "../../builder/kinds/evm/machine.ts";
import { SYSTEM } from "../../builder/kinds/evm/system.ts";
import { genesisContracts, genesisFiles, parseConfiguration } from "../../builder/node/configuration.ts";
import { compileContracts } from "../../builder/node/deployment/compile.ts";
import { writeGenesisFile } from "../../builder/node/genesis/file.ts";
import { readGenesis } from "../../builder/node/genesis/given.ts";
import { deployedKinds, knownKind, PROVEN_COUNTER } from "../../builder/node/kinds/index.ts";
import { chainId } from "../../builder/protocol/ids.ts";
import { PROJECT_ROOT } from "../../builder/places/places.ts";
import { expectCode } from "../protocol/expect-code.ts";

const HERE: Address = "0x000000000000000000000000000000000071c4e7";
const ARTIFACT = path.join(PROJECT_ROOT, "artifacts/contracts/examples/TicketBooth.sol/TicketBooth.json");
/** Initialised to zero: pushes 0, and stops. */
const CODE: Hex = "0x5f00";
const ROLLUPS = DEVNET_ROLLUPS.map(({ name, kind }, index) => ({
  names: [name, String(index + 1)],
  kind: knownKind(kind),
}));

/** A contract's init code that leaves nothing but this code. */
function initOf(code: Hex, first: Hex = "0x"): Hex {
  const prologue = first.slice(2);
  // PUSH2 size, DUP1, PUSH1 offset, PUSH0, CODECOPY, PUSH0, RETURN.
  const length = numberToHex(size(code), { size: 2 }).slice(2);
  const offset = numberToHex(prologue.length / 2 + 10, { size: 1 }).slice(2);
  return `0x${prologue}61${length}8060${offset}5f395ff3${code.slice(2)}`;
}

describe("contracts of one's own at genesis", () => {
  let folder: string;
  before(async function () {
    this.timeout(600_000);
    await compileContracts();
    folder = await mkdtemp(path.join(tmpdir(), "lockstep-genesis-"));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  /** As the command line gives them. */
  async function place(...contracts: string[]): Promise<readonly GenesisAccounts[]> {
    const genesisContract = parseConfiguration(genesisContracts, contracts);
    return await readGenesis({ genesis: [], genesisContract }, ROLLUPS, PREDEPLOY_NAMES);
  }
  async function placeFile(content: unknown, rollup = "C"): Promise<readonly GenesisAccounts[]> {
    const file = await write(content);
    const genesis = parseConfiguration(genesisFiles, [`${rollup}=${file}`]);
    return await readGenesis({ genesis, genesisContract: [] }, ROLLUPS, PREDEPLOY_NAMES);
  }
  let count = 0;
  async function write(content: unknown): Promise<string> {
    const file = path.join(folder, `${(count += 1)}.json`);
    await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  }
  const hardhat = (bytecode: string, more: object = {}) => ({
    _format: "hh3-artifact-1",
    abi: [],
    bytecode,
    deployedBytecode: CODE,
    linkReferences: {},
    ...more,
  });

  describe("come from", () => {
    it("an artifact of Hardhat: its code and the initial values of its variables", async () => {
      const [, a, , c] = await place(`C=${HERE}:${ARTIFACT}`);
      expect(a?.size).to.equal(0);
      const artifact: unknown = JSON.parse(await readFile(ARTIFACT, "utf8"));
      expect(c?.get(HERE)).to.deep.include({ nonce: 1n, balance: 0n });
      expect(artifact).to.have.property("deployedBytecode", c?.get(HERE)?.code);
      expect([...(c?.get(HERE)?.slots ?? [])]).to.deep.equal([
        [numberToHex(0n, { size: 32 }), numberToHex(100n, { size: 32 })],
      ]);
    });

    it("an artifact of Foundry, with immutables that its constructor fills in", async () => {
      // Returns its own address in place of the code: ADDRESS, PUSH0, MSTORE, PUSH1 20, PUSH1 12, RETURN.
      const immutable = await write({
        abi: [{ type: "constructor", inputs: [] }],
        bytecode: { object: "0x305f526014600cf3", linkReferences: {} },
        deployedBytecode: { object: "0x00", immutableReferences: { "7": [{ start: 0, length: 20 }] } },
      });
      const [, , , c] = await place(`4=${HERE}:${immutable}`);
      expect(c?.get(HERE)?.code).to.equal(HERE);
    });

    it("code itself, and files like geth's, with storage and nonces", async () => {
      const [, a] = await place(`A=${HERE}:${CODE}`);
      expect(a?.get(HERE)).to.deep.equal({ nonce: 1n, balance: 0n, code: CODE, slots: new Map() });
      const [, , , c] = await placeFile({
        alloc: {
          [checksumAddress(HERE)]: {
            code: CODE,
            nonce: "0x5",
            balance: "0",
            storage: { "0x1": "0x02", "0x2": "0x0" },
          },
        },
      });
      expect(c?.get(HERE)).to.deep.equal({
        nonce: 5n,
        balance: 0n,
        code: CODE,
        slots: new Map([[numberToHex(1n, { size: 32 }), numberToHex(2n, { size: 32 })]]),
      });
    });

    it("artifacts that such a file names, from its own folder", async () => {
      const artifact = path.basename(await write(hardhat(initOf(CODE))));
      const [, , , c] = await placeFile({ alloc: { [HERE]: { artifact, storage: { "0x00": "0x07" } } } });
      expect(c?.get(HERE)?.code).to.equal(CODE);
      expect(c?.get(HERE)?.slots.size).to.equal(1);
    });
  });

  it("are part of the rollup's genesis, and of no other's", async () => {
    const accounts = await place(`A=${HERE}:${ARTIFACT}`);
    const kinds = deployedKinds(["ledger", "evm", "evm"], [], accounts);
    const roots = await Promise.all(kinds.map(({ kind }) => kind.genesisRoot()));
    expect(roots[2]).to.equal(await createEvmKind().genesisRoot());
    expect(roots[1]).to.not.equal(roots[2]);
    const machine = await kinds[1]?.kind.open({ id: chainId(2n) });
    if (!(machine instanceof EvmMachine)) throw new TypeError("an EVM rollup is an EVM machine");
    expect(machine.stateRoot()).to.equal(roots[1]);
    expect(machine.store.account(HERE)?.code).to.equal(accounts[1]?.get(HERE)?.code);
    expect(BigInt(machine.store.slot(HERE, numberToHex(0n, { size: 32 })))).to.equal(100n);
    await machine.close();
  });

  it("are kept in a file from which the same genesis comes", async () => {
    const given = (await place(`C=${HERE}:${ARTIFACT}`, `C=${SYSTEM.replace(/0$/, "1")}:${CODE}`))[3];
    const [kind] = deployedKinds(["proven-evm"], [], [given]);
    if (kind === undefined || given === undefined) throw new RangeError("C is one of them");
    const root = await kind.kind.genesisRoot();
    const file = await writeGenesisFile(path.join(folder, "kept"), root, given);
    expect(path.basename(file)).to.equal(`${numberToHex(root, { size: 32 })}.json`);
    const genesis = [{ rollup: "4", file }];
    const [, , , again] = await readGenesis({ genesis, genesisContract: [] }, ROLLUPS, PREDEPLOY_NAMES);
    expect(again).to.deep.equal(given);
  });

  describe("are refused, saying what is wrong and what to do:", () => {
    const refused = async (placed: Promise<unknown>, message: RegExp): Promise<void> => {
      await expectCode(placed, "INVALID_GENESIS", message);
    };

    it("a rollup that is not there, or has no contracts", async () => {
      await refused(place(`D=${HERE}:${CODE}`), /rollup D: there is no such rollup.*C or 4 \(proven-evm\)/);
      await refused(place(`1=${HERE}:${CODE}`), /kind ledger has no contracts but its own/);
    });

    it("options that are no such thing", () => {
      for (const text of ["C", `C=${HERE}`, "=0x:0x"])
        expect(() => parseConfiguration(genesisContracts, [text])).to.throw(/not a rollup, an address and a/);
      expect(() => parseConfiguration(genesisFiles, ["C"])).to.throw(/not a rollup and a file/);
    });

    it("no file, no JSON, no artifact, no genesis file", async () => {
      await refused(place(`C=${HERE}:${folder}/missing.json`), /missing\.json cannot be read \(ENOENT/);
      await refused(place(`C=${HERE}:${await write("{")}`), /is not JSON/);
      await refused(place(`C=${HERE}:${await write({ abi: [] })}`), /is no artifact of Hardhat or Foundry/);
      await refused(placeFile({ [HERE]: { code: CODE } }), /no genesis file: .*alloc.*It has \{ "alloc"/);
      await refused(
        placeFile({ config: {}, alloc: {} }),
        /Unrecognized key: "config".*geth's other parts none/,
      );
      await refused(placeFile({ alloc: { [HERE]: {} } }), /either code or artifact/);
      await refused(placeFile({ alloc: { [HERE]: { code: CODE, storage: { "0x0": 1 } } } }), /storage\.0x0/);
    });

    it("libraries that are not linked", async () => {
      const linkReferences = { "contracts/Maths.sol": { Maths: [{ start: 1, length: 20 }] } };
      const unlinked = `0x73__$${"a".repeat(34)}$__`;
      await refused(
        place(`C=${HERE}:${await write(hardhat(unlinked, { linkReferences }))}`),
        /not linked: Maths/,
      );
      await refused(place(`C=${HERE}:${unlinked}`), /libraries that are not linked/);
    });

    it("constructors that take arguments, ask for what is not known yet, or fail", async () => {
      const abi = [{ type: "constructor", inputs: [{ type: "uint256", name: "start" }] }];
      const given = async (init: Hex, more = {}) => place(`C=${HERE}:${await write(hardhat(init, more))}`);
      await refused(given(initOf(CODE), { abi }), /takes arguments \(uint256 start\).*--genesis/);
      // CALLER, PUSH0, SSTORE.
      await refused(given(initOf(CODE, "0x335f55")), /asks for its sender \(CALLER\).*--genesis/);
      await refused(given(initOf(CODE, "0x42")), /asks for its block \(TIMESTAMP\)/);
      await refused(given("0x5f5ffd"), /its constructor fails \(revert\)/);
    });

    it("code that no contract has", async () => {
      const sized = (bytes: number): Hex => `0x${"00".repeat(bytes)}`;
      const given = async (code: Hex) => place(`C=${HERE}:${await write(hardhat(initOf(code)))}`);
      await refused(given(sized(24_577)), /has 24577 bytes.*EIP-170/);
      expect((await given(sized(24_576)))[3]?.size).to.equal(1);
      await refused(given("0xef00"), /begins with 0xEF.*EIP-3541/);
      await refused(place(`C=${HERE}:${await write(hardhat("0x"))}`), /interfaces and abstract contracts/);
      await refused(place(`C=${HERE}:0x123`), /not whole bytes/);
    });

    it("addresses that are none, or are taken", async () => {
      await refused(place(`C=0x12:${CODE}`), /not an address/);
      await refused(
        place(`C=${checksumAddress(PERMIT2).replace("D4", "d4")}:${CODE}`),
        /checksum \(EIP-55\)/,
      );
      await refused(place(`C=${HERE}:${CODE}`, `C=${HERE}:${CODE}`), /a contract that is given before/);
      await refused(place(`C=${PERMIT2}:${CODE}`), /belongs to Permit2/);
      await refused(place(`C=${SYSTEM}:${CODE}`), /belongs to System/);
      await refused(place(`C=${PROVEN_COUNTER}:${CODE}`), /belongs to Counter/);
      expect((await place(`A=${PROVEN_COUNTER}:${CODE}`))[1]?.size).to.equal(1);
      for (const precompile of [1n, 0x11n, 0x100n])
        await refused(place(`A=${numberToHex(precompile, { size: 20 })}:${CODE}`), /belongs to a precompile/);
    });

    it("balances that no Ether backs, nonces that no contract has, slots that are there twice", async () => {
      const given = (account: object) => placeFile({ alloc: { [HERE]: { code: CODE, ...account } } });
      await refused(given({ balance: "0x1" }), /no Ether on L1 would back a balance of 1 wei.*proxy/);
      await refused(given({ nonce: 0 }), /nonce is a number from 1/);
      await refused(given({ nonce: "0xffffffffffffffff" }), /to 2\^64 - 2/);
      await refused(given({ storage: { "0x1": "0x1", "0x01": "0x1" } }), /slot 0x01 is there twice/);
    });
  });
});

const PERMIT2: Address = "0x000000000022d473030f116ddee9f6b43ac78ba3";
