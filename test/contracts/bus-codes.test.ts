import { createHash } from "node:crypto";
import { expect } from "chai";
import { concatHex, type Hex, keccak256, numberToHex, size, sliceHex, toHex } from "viem";
import { busProofSystemAbi as abi } from "../../builder/protocol/abi.ts";
import { FIELD_MODULUS as P } from "../../builder/protocol/ids.ts";
import {
  type CodeRegistration,
  type CodeTable,
  hashTau,
} from "../../builder/proving/bus/code-commitments.ts";
import { DEVELOPMENT_TAU } from "../../builder/proving/bus/development-tau.ts";
import { type BusProofs, encodeBusProofs } from "../../builder/proving/bus/proofs.ts";
import { BusProver, type Part } from "../proving/bus/bus-prover.ts";
import { busStatement, type BusSystem, createBusSystem } from "./bus-system.ts";
import { put } from "./canonical/mutate.ts";
import { snapshots } from "./gas-snapshot.ts";
import { expectRevert } from "./outcome.ts";
import { strayG2 } from "./toxic-waste.ts";

const WORDS = [11n, 22n, 33n, 44n, 55n];
/** Enough for the codes here. */
const ROWS = 4_500;
/** An instruction of each kind: pushes of all widths, what does not exist, what ends. */
const ALL_OPCODES = Uint8Array.from(Array.from({ length: 256 }, (_, opcode) => opcode));
const CODE = Uint8Array.from(Buffer.from("602a60005260206000f35b6001600255600160025500".repeat(3), "hex"));

describe("codes of BusProofSystem", function () {
  this.timeout(120_000);
  let s: BusSystem;
  let prover: BusProver;
  let table: CodeTable;
  let registration: CodeRegistration;
  let honest: BusProofs;

  before(async () => {
    s = await createBusSystem();
    prover = await BusProver.open(["bus_code_head", "bus_code_tail"], ROWS);
    await s.register(prover.set);
    table = prover.codes.table(CODE);
    registration = await prover.codes.register(table);
    await register(CODE, registration);
    honest = await prover.proveTogether({ parts: parts(), words: WORDS, table }, s.where);
  });

  const argumentsOf = (code: Uint8Array, { tau, commitment, opening }: CodeRegistration) =>
    [tau, toHex(code), commitment, opening] as const;
  async function register(code: Uint8Array, made: CodeRegistration): Promise<bigint> {
    const gas = s.registrationGas;
    const { gasUsed } = await s.included(s.system.write.registerCode(argumentsOf(code, made), { gas }));
    return gasUsed;
  }
  const simulate = (code: Uint8Array, made: CodeRegistration) =>
    s.system.simulate.registerCode(argumentsOf(code, made), { gas: s.registrationGas });
  const isRegistered = (code: Uint8Array): Promise<boolean> =>
    s.system.read.isCodeRegistered([hashTau(DEVELOPMENT_TAU), keccak256(code)]);

  /** Two proofs: the head vouches for three rows, the other one for four. */
  function parts(rows: readonly bigint[] = table.rows): [Part, Part] {
    return [
      { key: 0, words: WORDS.slice(0, 2), rows: rows.slice(0, 3), codeHash: table.codeHash },
      { key: 1, words: WORDS.slice(2), rows: rows.slice(3, 7) },
    ];
  }

  const statement = (proofs: BusProofs | Hex, words: readonly bigint[] = WORDS) =>
    busStatement(prover.setName, words, proofs);
  const verify = (...given: Parameters<typeof statement>) => s.verify([statement(...given)]);
  const refuses = (errorName: string, args: readonly unknown[] | undefined, proofs: BusProofs) =>
    expectRevert(verify(proofs), errorName, args, abi);

  describe("are registered", () => {
    it("by any account, when the commitment is that of the rows which the contract decodes", async () => {
      expect(await isRegistered(CODE)).to.equal(true);
      const codes = [
        ALL_OPCODES,
        new Uint8Array(),
        // Immediates that reach over the end, by one byte and by all.
        ...[0x60, 0x6f, 0x70, 0x7f].flatMap((push) => [
          Uint8Array.of(push),
          Uint8Array.of(0x01, push, ...new Uint8Array(push - 0x60).fill(0xab)),
        ]),
        ...[1, 31, 32, 33, 1_000].map(randomCode),
      ];
      for (const code of codes) {
        await register(code, await prover.codes.register(prover.codes.table(code)));
        expect(await isRegistered(code), toHex(code).slice(0, 80)).to.equal(true);
      }
    });

    it("once: another commitment, or a race, changes nothing", async () => {
      const { result } = await simulate(CODE, { ...registration, commitment: [1n, 2n] });
      expect(result).to.equal(keccak256(CODE));
      const { logs } = await s.included(s.system.write.registerCode(argumentsOf(CODE, registration)));
      expect(logs).to.deep.equal([]);
    });

    it("only as what they are", async () => {
      const other = CODE.slice(1);
      await expectRevert(simulate(other, registration), "WrongCommitment", [], abi);
      const made = await prover.codes.register(prover.codes.table(other));
      const [x, y] = made.commitment;
      for (const wrong of [
        { ...made, opening: made.commitment },
        { ...made, commitment: registration.commitment },
        { ...registration, opening: made.opening },
      ])
        await expectRevert(simulate(other, wrong), "WrongCommitment", [], abi);
      for (const wrong of [
        { ...made, commitment: [x, y + 1n] as const },
        { ...made, commitment: [0n, 0n] as const },
        { ...made, opening: [0n, 0n] as const },
        { ...made, tau: [1n, 2n, 3n, 4n] as const },
      ])
        await expectRevert(simulate(other, wrong), "OpeningNotOnCurve", [], abi);
      // On the twist, but where no pairing means anything: a commitment could be opened to any value there.
      const [[x0, x1], [y0, y1]] = strayG2();
      const stray = { ...made, tau: [x1, x0, y1, y0] as const };
      await expectRevert(simulate(other, stray), "PrecompileFailed", [8n], abi);
      expect(await isRegistered(other)).to.equal(false);
    });

    it("under names that are none of sets of keys", async () => {
      // Both are kept as code, where their names lead.
      const name = keccak256(concatHex([hashTau(DEVELOPMENT_TAU), keccak256(CODE)]));
      for (const set of [name, keccak256(name), keccak256(CODE)]) {
        expect(await s.system.read.isRegistered([set])).to.equal(false);
        await expectRevert(
          s.verify([{ ...statement(honest), verificationKey: set }]),
          "UnknownKeySet",
          [set],
          abi,
        );
      }
      const sets = [prover.setName, keccak256(prover.setName)];
      for (const hash of sets)
        expect(await s.system.read.isCodeRegistered([hashTau(DEVELOPMENT_TAU), hash])).to.equal(false);
    });

    it("unless they are too long for code or begin with 0xEF", async () => {
      const long = new Uint8Array(24_577);
      await expectRevert(simulate(long, registration), "NotCode", [], abi);
      await expectRevert(simulate(Uint8Array.of(0xef, 0x01), registration), "NotCode", [], abi);
    });
  });

  describe("are opened", () => {
    it("for all rows that a statement's proofs vouch for together", async () => {
      await verify(honest);
      const [head] = parts();
      const words = WORDS.slice(0, 2);
      await verify(await prover.proveTogether({ parts: [head], words, table }, s.where), words);
    });

    it("for no row of another code, and none twice", async () => {
      const foreign = prover.codes.table(ALL_OPCODES);
      const swapped = [...table.rows];
      swapped[5] = foreign.rows.find((row) => !table.rows.includes(row)) ?? 0n;
      await refusesToOpen(parts(swapped));
      const twice = [...table.rows];
      twice[5] = twice[4] ?? 0n;
      await refusesToOpen(parts(twice));
    });

    it("for no other code's hash", async () => {
      const [head, tail] = parts();
      await refusesToOpen([{ ...head, codeHash: keccak256(ALL_OPCODES) }, tail]);
    });

    it("by a proof that is of this statement, word for word", async () => {
      const bytes = encodeBusProofs(honest);
      for (let at = 0; at < size(bytes); at += 32) {
        const changed = BigInt(sliceHex(bytes, at, at + 32)) ^ 1n;
        const outcome = await verify(put(bytes, at, numberToHex(changed, { size: 32 }))).then(
          () => "accepted",
          () => "refused",
        );
        expect(outcome, `word ${at / 32}`).to.equal("refused");
      }
    });

    it("or else the slot is empty: no row passes for a code that nothing is compared with", async () => {
      const { proofs } = await prover.proveTogether({ parts: parts(), words: WORDS }, s.where);
      await refuses("SlotNotOpened", [0n, 0n], { proofs, codes: [] });
      const one = proofs.map((proof) => ({ ...proof, products: [1n] }));
      await refuses("InvalidProof", [], { proofs: one, codes: [] });
      // Products that cancel each other are none the less there.
      const [first, second] = proofs;
      if (first === undefined || second === undefined) throw new Error("two proofs");
      const cancelled = [
        { ...first, products: [2n] },
        { ...second, products: [(P + 1n) / 2n] },
      ];
      await refuses("SlotNotOpened", [0n, 0n], { proofs: cancelled, codes: [] });
    });

    it("in the slots that the set has, ascending, and for codes that are registered", async () => {
      const { codes, opening, proofs } = honest;
      const [code] = codes;
      if (code === undefined || opening === undefined) throw new Error("a code");
      const changed = async (changes: BusProofs["codes"]): Promise<BusProofs> => {
        // Challenges depend on the codes: so the proofs are made for these.
        return await prover.proveWith({ parts: parts(), words: WORDS, codes: changes }, s.where);
      };
      await refuses("SlotsNotAscending", [0n], { ...(await changed([code, code])), opening });
      await refuses("SlotsNotAscending", [0n], { ...(await changed([{ ...code, slot: 1 }])), opening });
      const unknown = keccak256("0x1234");
      const made = await changed([{ ...code, codeHash: unknown }]);
      await refuses("UnknownCode", [0n, unknown], { ...made, opening });
      await refuses("ProofLength", undefined, { proofs, codes });
      // What is behind would be questions.
      await refuses("QuestionsLength", [0n], { proofs, codes: [], opening });
      const infinite = await changed([{ ...code, quotient: [0n, 0n] }]);
      await refuses("OpeningNotOnCurve", [], { ...infinite, opening });
      await refuses("OpeningNotOnCurve", [], { ...honest, opening: [0n, 0n] });
    });

    /** The honest opening cannot be made; with any other one L1 refuses. */
    async function refusesToOpen(dishonest: readonly Part[]): Promise<void> {
      const order = { parts: dishonest, words: WORDS, table };
      const outcome = await prover.proveTogether(order, s.where).catch((error: unknown) => error);
      expect(outcome).to.be.instanceOf(RangeError);
      const { codes, opening } = honest;
      const made = await prover.proveWith({ parts: dishonest, words: WORDS, codes }, s.where);
      if (opening === undefined) throw new Error("an opening");
      await refuses("InvalidProof", [], { ...made, opening });
    }
  });

  describe("gas", () => {
    const snapshot = snapshots("bus-code-gas.json");

    it("of a registration, with its transaction and calldata", async () => {
      const [one, four] = await Promise.all(
        [1_024, 4_096].map(async (length) => {
          const code = randomCode(length);
          return await register(code, await prover.codes.register(prover.codes.table(code)));
        }),
      );
      if (one === undefined || four === undefined) throw new Error("two registrations");
      snapshot("registration of 1 KiB", one);
      snapshot("registration of 4 KiB", four);
      snapshot("a KiB more", (four - one) / 3n);
    });
  });
});

/** The same bytes each time. */
function randomCode(length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, index) =>
    createHash("sha256").update(`code ${length} ${index}`).digest(),
  );
  const code = Uint8Array.from(Buffer.concat(blocks).subarray(0, length));
  if (code[0] === 0xef) code[0] = 0;
  return code;
}
