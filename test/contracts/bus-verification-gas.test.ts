import { toHex } from "viem";
import type { CodeTable } from "../../builder/proving/bus/code-commitments.ts";
import type { BusProofs } from "../../builder/proving/bus/proofs.ts";
import { BusProver, type Part } from "../proving/bus/bus-prover.ts";
import { busStatement, type BusSystem, createBusSystem } from "./bus-system.ts";
import { snapshots } from "./gas-snapshot.ts";

/** Six rows and more. */
const CODE = Uint8Array.from(Buffer.from("602a60005260206000f35b6001600255600160025500", "hex"));

/** Of statements without words, each of one statement, whose proofs are under one key with one slot. */
describe("gas of BusProofSystem.verify, without the transaction and its calldata", function () {
  this.timeout(120_000);
  const snapshot = snapshots("bus-verification-gas.json");
  let s: BusSystem;
  let prover: BusProver;
  let table: CodeTable;

  before(async () => {
    s = await createBusSystem();
    prover = await BusProver.open(["bus_link"], 100);
    await s.register(prover.set);
    table = prover.codes.table(CODE);
    const { tau, commitment, opening } = await prover.codes.register(table);
    const gas = s.registrationGas;
    await s.included(s.system.write.registerCode([tau, toHex(CODE), commitment, opening], { gas }));
  });

  const gasOf = async (parts: readonly Part[], code?: CodeTable): Promise<number> => {
    const order = { parts, words: [], ...(code === undefined ? {} : { table: code }) };
    const proofs: BusProofs = await prover.proveTogether(order, s.where);
    return Number(await s.verificationGas([busStatement(prover.setName, [], proofs)]));
  };
  /** So many proofs that hand tuples to each other in a circle of two; a single one sends none. */
  const linked = (count: number): Part[] =>
    Array.from({ length: count }, (_, index) => {
      const multiplicity = count === 1 ? 0n : index % 2 === 0 ? 1n : -1n;
      return { key: 0, words: [], link: { value: BigInt(7 + Math.floor(index / 2)), multiplicity } };
    });

  for (const count of [1, 2, 4, 8])
    it(count === 1 ? "1 proof" : `${count} proofs`, async function () {
      snapshot(this.test?.title ?? "", await gasOf(linked(count)));
    });

  it("1 proof, 2 proofs, and 1 code that they use together", async () => {
    const head = { rows: table.rows.slice(0, 3), codeHash: table.codeHash };
    const tail = { rows: table.rows.slice(3, 6) };
    const vouching = (count: number): Part[] =>
      linked(count).map((part, index) => ({ ...part, ...(index === 0 ? head : tail) }));
    const [one, two] = [await gasOf(vouching(1), table), await gasOf(vouching(2), table)];
    snapshot("1 proof, 1 code", one);
    snapshot("2 proofs, 1 code", two);
    snapshot("a code's opening", one - (await gasOf(linked(1))));
  });
});
