import { createBlock, paramsBlock } from "@ethereumjs/block";
import { type Common, createCustomCommon, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM, paramsEVM } from "@ethereumjs/evm";
import { createTx, paramsTx } from "@ethereumjs/tx";
import { createVM, paramsVM } from "@ethereumjs/vm";
import { expect } from "chai";
import { rulesOf } from "../../builder/evm/rules.ts";

const CHAIN = 424_242;

/** The parameter; nothing if no fork so far knows it. */
function paramOf(common: Common, name: string): bigint | undefined {
  try {
    return common.param(name);
  } catch {
    return undefined;
  }
}

describe("the rules of a chain", () => {
  it("are those that EthereumJS makes for each transaction, block and machine", async () => {
    const own = rulesOf(CHAIN);
    const others = createCustomCommon({ chainId: CHAIN }, Mainnet, { hardfork: Hardfork.Osaka });
    for (const common of [own, others]) {
      await createVM({ common, evm: await createEVM({ common }) });
      createBlock({}, { common, skipConsensusFormatValidation: true });
      createTx({ type: 2 }, { common });
    }
    const made = createTx({ type: 2 }, { common: others }).common;
    const names = [paramsTx, paramsBlock, paramsEVM, paramsVM].flatMap((params) =>
      Object.values(params).flatMap((group) => Object.keys(group)),
    );
    expect(names).to.include.members(["sstoreGas", "txGas", "elasticityMultiplier"]);
    for (const name of names) expect(paramOf(own, name), name).to.equal(paramOf(made, name));
    expect(own.chainId()).to.equal(BigInt(CHAIN));
    expect(own.eips()).to.deep.equal(others.eips());
    expect(own.hardfork()).to.equal(others.hardfork());
  });

  it("are one object for all that are made of them", () => {
    const common = rulesOf(CHAIN);
    expect(createTx({ type: 2 }, { common }).common).to.equal(common);
    expect(createBlock({}, { common, skipConsensusFormatValidation: true }).common).to.equal(common);
    expect(rulesOf(CHAIN)).to.equal(common);
  });
});
