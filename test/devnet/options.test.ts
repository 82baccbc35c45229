import { expect } from "chai";
import { english, generateMnemonic } from "viem/accounts";
import { DevnetAccounts, DEVELOPMENT_MNEMONIC, developmentAccounts } from "../../builder/devnet/accounts.ts";
import { DEVNET_ROLLUPS, shownRollups } from "../../builder/devnet/devnet-rollups.ts";
import { ROLLUP_KINDS } from "../../builder/node/kinds/index.ts";
import { KIND_NAMES } from "../../builder/node/kinds/names.ts";
import { rollupsOption } from "../../builder/devnet/rollups-option.ts";
import { mnemonicFault } from "../../builder/devnet/mnemonic.ts";

/** What is said of the option, or what it means. */
function read(text: string): unknown {
  const parsed = rollupsOption.safeParse(text);
  return parsed.success ? parsed.data : parsed.error.issues.map(({ message }) => message);
}

describe("rollups of a devnet", () => {
  it("are read as they are shown", () => {
    expect(read(shownRollups(DEVNET_ROLLUPS))).to.deep.equal(DEVNET_ROLLUPS);
    expect(read(" Shop : evm , shelf-2:ledger ")).to.deep.equal([
      { name: "Shop", kind: "evm" },
      { name: "shelf-2", kind: "ledger" },
    ]);
  });

  it("are of the kinds that there are, which options name without loading them", () => {
    expect([...ROLLUP_KINDS.keys()]).to.deep.equal([...KIND_NAMES]);
    for (const [name, { kind }] of ROLLUP_KINDS) expect(kind.name).to.equal(name);
  });

  for (const [given, problem] of [
    ["A", /rollup 1: "A" is not a name and a kind, as A:evm is/],
    ["A:evm,", /rollup 2: "" is not a name and a kind/],
    ["A:evm:x", /is not a name and a kind/],
    ["A:evm,a:evm", /rollup 2: there is another chain called a/],
    ["l1:evm", /rollup 1: there is another chain called l1/],
    ["2:evm", /rollup 1: "2" is no name; one begins with a letter/],
    ["A=1:evm", /is no name/],
    ["A:wasm", /rollup 1: "wasm" is no kind of rollup; kinds are ledger, evm/],
    [Array.from({ length: 17 }, (_, index) => `R${index}:evm`).join(","), /16 rollups at most/],
  ] as const)
    it(`are refused as "${given.slice(0, 20)}", by name`, () => {
      expect(String(read(given))).to.match(problem);
    });
});

describe("a mnemonic", () => {
  it("is taken whatever its length", () => {
    for (const strength of [128, 160, 192, 224, 256] as const)
      expect(mnemonicFault(generateMnemonic(english, strength)), String(strength)).to.equal(undefined);
    expect(mnemonicFault(DEVELOPMENT_MNEMONIC)).to.equal(undefined);
  });

  it("is refused with what is wrong, which does not show it", () => {
    const words = DEVELOPMENT_MNEMONIC.split(" ");
    for (const [fault, given] of [
      [/12, 15.*it has 11/, words.slice(1)],
      [/word 2 is not on/, ["test", "Test", ...words.slice(2)]],
      [/checksum/, [...words.slice(0, 11), "test"]],
    ] as const) {
      const said = mnemonicFault(given.join(" "));
      expect(said).to.match(fault);
      expect(said).not.to.include("junk");
      expect(said).not.to.include("Test");
    }
  });

  it("gives users the first accounts, and the devnet the two after them", () => {
    const { all, users, funding, posting } = new DevnetAccounts(3);
    expect(users).to.deep.equal(developmentAccounts().slice(0, 3));
    expect(all.map(({ address }) => address)).to.deep.equal([
      ...users.map(({ address }) => address),
      funding.address,
      posting.address,
    ]);
  });
});
