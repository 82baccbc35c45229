import { expect } from "chai";
import { AbiCoder, Interface, keccak256 } from "ethers";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { ActionKind } from "../../builder/protocol/action.ts";
import { batchValue, decodeBatch } from "../../builder/protocol/batch.ts";
import { locateVisits } from "../../builder/protocol/execution/check.ts";
import { statementWords, wholeStatementWords } from "../../builder/protocol/statement.ts";
import { loadPoseidon } from "../../builder/state/poseidon.ts";
import { naiveStateRoot, naiveUpsert } from "../state/naive-tree.ts";
import { commitments } from "../../builder/kinds/evm/reference/commitments.ts";
import { evmLeafVectors } from "./evm.ts";
import { treeVectors } from "./ledger.ts";
import { actionVectors, batchVectors, executionVectors, statementVectors } from "./protocol.ts";
import { allVectors, vectorText } from "./vectors.ts";

describe("shared vectors", function () {
  this.timeout(60_000);

  it("are what the code makes today (else the protocol changed: node test/vectors/write.ts)", async function () {
    for (const [file, vectors] of Object.entries(await allVectors()))
      expect(await readFile(join(import.meta.dirname, file), "utf8"), file).to.equal(vectorText(vectors));
  });

  it("hold every kind of action that is played", function () {
    const kinds = actionVectors.map(({ action }) => action.kind);
    expect(kinds).to.include.members([ActionKind.CALL, ActionKind.RESULT, ActionKind.L2TX]);
  });

  it("hash actions as ethers encodes them", function () {
    const type = "tuple(uint8,uint64,uint64,address,address,uint128,bool,bool,uint32,bytes)";
    for (const { name, action, hash } of actionVectors) {
      const { kind, from, to, sender, target, value, failed, isStatic, gas, data } = action;
      const fields = [kind, from, to, sender, target, value, failed, isStatic, gas, data];
      expect(keccak256(AbiCoder.defaultAbiCoder().encode([type], [fields])), name).to.equal(hash);
    }
  });

  it("have a visit of several transactions: the walk of its execution finds the statement's", function () {
    const find = <Vector extends { readonly name: string }>(vectors: readonly Vector[]): Vector => {
      const found = vectors.find(({ name }) => name === "three transactions that are one visit");
      if (found === undefined) throw new Error("the vector is gone");
      return found;
    };
    const { execution } = find(executionVectors);
    const visits = locateVisits(execution).map(({ rollup: _, ...visit }) => visit);
    const { header, wholeWords, words } = find(statementVectors);
    expect(statementWords(header, visits)).to.deep.equal(words);
    expect(wholeStatementWords(header, visits)).to.deep.equal(wholeWords);
    expect(visits.flatMap(({ actions }) => actions)).to.deep.equal(execution.actions);
    expect(find(batchVectors).batch.executions.map(locateVisits)).to.have.length(1);
  });

  it("encode batches as ethers does", function () {
    const contract = new Interface(rollupsAbi);
    for (const { name, batch, calldata, id } of batchVectors) {
      expect(contract.encodeFunctionData("postBatch", [batchValue(batch)]), name).to.equal(calldata);
      expect(keccak256(calldata), name).to.equal(id);
    }
  });

  it("decode batches to what was encoded", function () {
    for (const { name, batch, calldata, id } of batchVectors)
      expect(decodeBatch(id, calldata), name).to.deep.equal(batch);
  });

  it("have the tree roots that the specification defines", async function () {
    const poseidon = await loadPoseidon();
    const vectors = await treeVectors();
    for (const shape of ["fixed", "growing"] as const)
      for (const { name, upserts, roots } of vectors[shape].lists) {
        const model = new Map<bigint, bigint>([[0n, 0n]]);
        upserts.forEach(([key, value], index) => {
          naiveUpsert(model, key, value);
          const what = `${shape}, ${name} ${index.toString()}`;
          expect(naiveStateRoot(poseidon, shape, [...model]), what).to.equal(roots[index]);
        });
      }
  });

  it("have the leaves of an EVM rollup that the specification defines", async function () {
    const reference = commitments(await loadPoseidon());
    const { accounts, slots, blocks } = await evmLeafVectors();
    for (const { key, value, ...account } of accounts)
      expect([key, value]).to.deep.equal([
        reference.account(account.address),
        reference.accountValue(account),
      ]);
    for (const { key, value, address, slot, word } of slots)
      expect([key, value]).to.deep.equal([reference.slot(address, slot), reference.slotValue(word)]);
    for (const { key, value, ...block } of blocks)
      expect([key, value]).to.deep.equal([reference.block, reference.blockValue(block)]);
  });
});
