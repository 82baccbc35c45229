import { type Common, createCustomCommon, Hardfork, Mainnet } from "@ethereumjs/common";
import { type EVMMockBlockchainInterface, Message } from "@ethereumjs/evm";
import { createAddressFromString } from "@ethereumjs/util";
import { expect } from "chai";
import { InterceptingEvm } from "../../../builder/evm/intercepting-evm.ts";
import { handOver, inheritedFrom } from "../../../builder/evm/hand-over.ts";
import { Journal } from "../../../builder/evm/journal.ts";
import { JournaledState } from "../../../builder/evm/journaled-state.ts";
import { NO_BLOCKCHAIN } from "../../../builder/kinds/evm/execution/environment.ts";
import { chainId } from "../../../builder/protocol/ids.ts";

const common: Common = createCustomCommon({ chainId: 1 }, Mainnet, { hardfork: Hardfork.Osaka });
const blockchain: EVMMockBlockchainInterface = NO_BLOCKCHAIN;
const [own, other] = [chainId(1), chainId(2)];

function open() {
  const journal = new Journal();
  const source = {
    account: async () => ({ nonce: 0n, balance: 0n, code: "0x" as const }),
    storage: async () => "0x" as const,
  };
  const state = new JournaledState({ chain: own, source, journal });
  const manager = "0x00000000000000000000000000000000000000ff";
  const intercept = async () => undefined;
  return {
    journal,
    state,
    evm: new InterceptingEvm({ common, state, journal, blockchain, manager, intercept }),
  };
}

describe("what EthereumJS keeps outside of the state", () => {
  const account = createAddressFromString(`0x${"a1".repeat(20)}`);
  const slot = new Uint8Array(32).fill(7);
  const value = new Uint8Array(32).fill(1);

  it("is undone with a frame of another chain", async () => {
    const { journal, evm } = open();
    const { journal: accesses, transientStorage } = evm;
    await accesses.checkpoint();
    accesses.addWarmedAddress(account.bytes);
    journal.checkpoint(other);
    accesses.addWarmedStorage(account.bytes, slot);
    transientStorage.put(account, slot, value);
    journal.checkpoint(own);
    journal.commit();
    journal.revert();
    expect(accesses.isWarmedAddress(account.bytes)).to.equal(true);
    expect(accesses.isWarmedStorage(account.bytes, slot)).to.equal(false);
    expect(transientStorage.get(account, slot)).to.deep.equal(new Uint8Array(32));
    await accesses.revert();
    expect(accesses.isWarmedAddress(account.bytes)).to.equal(false);
  });

  it("is undone level by level, whoever opened the levels", async () => {
    const { journal, evm } = open();
    const { journal: accesses } = evm;
    journal.checkpoint(other);
    await accesses.checkpoint();
    accesses.addWarmedStorage(account.bytes, slot);
    await accesses.commit();
    expect(accesses.isWarmedStorage(account.bytes, slot)).to.equal(true);
    journal.revert();
    expect(accesses.isWarmedAddress(account.bytes)).to.equal(false);
    expect(accesses.isWarmedStorage(account.bytes, slot)).to.equal(false);
  });

  it("is forgotten with the visit, and an older journal cannot reach what is new", () => {
    const { journal, evm } = open();
    journal.checkpoint(other);
    evm.journal.addWarmedStorage(account.bytes, slot);
    evm.reset(new Journal());
    expect(evm.journal.isWarmedAddress(account.bytes)).to.equal(false);
    evm.journal.addWarmedStorage(account.bytes, slot);
    journal.revert();
    expect(evm.journal.isWarmedStorage(account.bytes, slot)).to.equal(true);
  });

  it("deletes accounts that were touched and are empty, unless the touch was undone", async () => {
    const { journal, state, evm } = open();
    const stranger = createAddressFromString(`0x${"b2".repeat(20)}`);
    await evm.journal.putAccount(account, await state.getAccount(account));
    journal.checkpoint(other);
    await evm.journal.putAccount(stranger, await state.getAccount(stranger));
    journal.revert();
    await evm.journal.cleanup();
    expect([...(await state.writtenAccounts()).keys()]).to.deep.equal([account.toString()]);
  });

  it("goes from an operation to the frame that waited, and back with what undoes it", () => {
    const journal = new Journal();
    const outer = new Message({ gasLimit: 1n, gasRefund: 5n, ...inheritedFrom(undefined) });
    outer.createdAddresses?.add("0x01");
    const inner = new Message({ gasLimit: 1n, ...inheritedFrom(outer) });
    inner.createdAddresses?.add("0x02");
    inner.selfdestruct?.set("0x01", "0x03");
    expect(outer.createdAddresses?.size).to.equal(1);
    expect(inner.gasRefund).to.equal(5n);
    journal.checkpoint(other);
    handOver(journal, outer, inner, { gasRefund: 9n });
    expect(outer.gasRefund).to.equal(9n);
    expect([...(outer.createdAddresses ?? [])]).to.deep.equal(["0x01", "0x02"]);
    expect([...(outer.selfdestruct ?? [])]).to.deep.equal([["0x01", "0x03"]]);
    journal.revert();
    expect(outer.gasRefund).to.equal(5n);
    expect([...(outer.createdAddresses ?? [])]).to.deep.equal(["0x01"]);
    expect(outer.selfdestruct?.size).to.equal(0);
  });

  it("is all that there is: another version of EthereumJS that keeps more has to be read first", () => {
    const { evm } = open();
    expect(Object.keys(evm)).to.have.members([
      ...["journal", "transientStorage"],
      // Changed by forks that are not active only.
      ...["_stateGasSnapshots", "createTxTargetAlive", "createdAccountIntrinsicStateGas"],
      ...["createdAccountStateGas", "eip2780PrepOog", "eip7928CallPostTargetOog"],
      ...["executionStateGasUsed", "stateGasReservoir"],
      // Never changed, or of no effect.
      ...["DEBUG", "_bls", "_bn254", "_customOpcodes", "_customPrecompiles", "_dynamicGasHandlers", "_emit"],
      ...["_handlers", "_opcodeMap", "_opcodes", "_optsCached", "_precompiles", "allowUnlimitedContractSize"],
      ...[
        "allowUnlimitedInitCodeSize",
        "blockchain",
        "common",
        "events",
        "performanceLogger",
        "stateManager",
      ],
    ]);
    expect(Object.keys(new Message({ gasLimit: 1n }))).to.have.members([
      ...["gasRefund", "createdAddresses", "selfdestruct"],
      // A call's own.
      ...["_codeAddress", "accessWitness", "blobVersionedHashes", "caller", "code", "data", "delegatecall"],
      ...["depth", "eofCallData", "gasLimit", "isCompiled", "isStatic", "salt", "to", "value"],
    ]);
    for (const eip of [2780, 7708, 7864, 7928, 8037, 8038, 8246])
      expect(common.isActivatedEIP(eip), `EIP-${eip}`).to.equal(false);
  });
});
