import { expect } from "chai";
import { buildEddsa } from "circomlibjs";
import { isProvable } from "../../builder/kinds/ledger/signing.ts";
import type { Circuit } from "./support/circuit.ts";
import { compileTemplate } from "./support/compile.ts";
import { freeWires } from "./support/pinned.ts";

const SUBGROUP_ORDER = 2736030358979909402780800718157159386076813972158567259200215660948447373041n;

/** circomlib's IsZero leaves its hint free where it is 0; nothing else reads that hint. */
const CIRCOMLIB_FREE = /^verifier\.(isZero|eqCheck[XY]\.isz|mulAny\.zeropoint)\.inv$/;

describe("circuits/lib/signature", function () {
  this.timeout(180_000);
  let circuit: Circuit;
  let valid: Record<string, bigint>;

  before(async function () {
    circuit = await compileTemplate("lib/signature.circom", "Signature");
    const eddsa = await buildEddsa();
    const key = Uint8Array.from({ length: 32 }, (_, index) => index);
    const message = eddsa.F.e(123456789n);
    const { R8, S } = eddsa.signPoseidon(key, message);
    const [Ax, Ay] = eddsa.prv2pub(key).map((element) => eddsa.F.toObject(element));
    const [R8x, R8y] = R8.map((element) => eddsa.F.toObject(element));
    valid = {
      enabled: 1n,
      Ax: Ax ?? 0n,
      Ay: Ay ?? 0n,
      R8x: R8x ?? 0n,
      R8y: R8y ?? 0n,
      S,
      message: 123456789n,
    };
  });

  it("accepts a signature made by circomlibjs, with nothing free", async function () {
    const free = freeWires(circuit, await circuit.checked(valid));
    expect(free.filter((name) => !CIRCOMLIB_FREE.test(name))).to.deep.equal([]);
  });

  it("refuses any changed part", async function () {
    for (const name of ["Ax", "Ay", "R8x", "R8y", "S", "message"])
      expect(await circuit.refuses({ ...valid, [name]: (valid[name] ?? 0n) + 1n }), name).to.equal(true);
  });

  it("refuses the same signature with another S of the same class", async function () {
    expect(await circuit.refuses({ ...valid, S: (valid.S ?? 0n) + SUBGROUP_ORDER })).to.equal(true);
  });

  it("refuses keys of small order", async function () {
    for (const [Ax, Ay] of [
      [0n, 1n],
      [0n, 21888242871839275222246405745257275088548364400416034343698204186575808495616n],
    ])
      expect(await circuit.refuses({ ...valid, Ax: Ax ?? 0n, Ay: Ay ?? 0n })).to.equal(true);
  });

  it("multiplies the base point by every S but the three that the audit names", async function () {
    const multiply = await compileTemplate("../test/circuits/parts/multiply_base.circom", "MultiplyBase");
    const { babyJub, F } = await buildEddsa();
    const low = SUBGROUP_ORDER - 2n * 8n ** 83n - (8n ** 83n - 1n) / 7n;
    const unprovable = [low, low + 2n ** 249n, low + 2n ** 250n];
    for (const scalar of unprovable) {
      expect(scalar < SUBGROUP_ORDER).to.equal(true);
      expect(isProvable(scalar)).to.equal(false);
      expect(await multiply.refuses({ scalar })).to.equal(true);
    }
    for (const scalar of [...unprovable.flatMap((s) => [s - 1n, s + 1n]), 0n, 1n, SUBGROUP_ORDER - 1n]) {
      expect(isProvable(scalar)).to.equal(true);
      const product = babyJub.mulPointEscalar(babyJub.Base8, scalar).map((element) => F.toObject(element));
      expect(await multiply.outputs({ scalar }, "out")).to.deep.equal(product);
    }
  });

  it("claims nothing when disabled", async function () {
    await circuit.checked({ enabled: 0n, Ax: 1n, Ay: 2n, R8x: 3n, R8y: 4n, S: 5n, message: 6n });
  });
});
