import { expect } from "chai";
import { buildEddsa, type Point } from "circomlibjs";
import fc from "fast-check";
import { type CurvePoint, loadSigning } from "../../../builder/kinds/ledger/signing.ts";
import { fieldElement } from "../../../builder/protocol/ids.ts";
import { loadPoseidon } from "../../../builder/state/poseidon.ts";
import { seedOf } from "../../contracts/seed.ts";

const SEED = seedOf("LOCKSTEP_SIGNING_SEED");
const ORDER = 2736030358979909402780800718157159386076813972158567259200215660948447373041n;
/** Generator of all points, also of those that signatures do without (EIP-2494): Base8 is 8 times it. */
const GENERATOR = [
  995203441582195749578291179787384436505546430278305826713579947235728471134n,
  5472060717959818805561601436314318772137091100104008585924551046643952123905n,
] as const;

describe("signatures of a ledger's transactions", () => {
  it(`are verified as circomlib does, whatever the points' parts of low order (LOCKSTEP_SIGNING_SEED=${String(SEED)})`, async () => {
    const [eddsa, signing, poseidon] = await Promise.all([buildEddsa(), loadSigning(), loadPoseidon()]);
    const { F, babyJub } = eddsa;
    const generator: Point = [F.e(GENERATOR[0]), F.e(GENERATOR[1])];
    const multiple = (scalar: bigint): Point => babyJub.mulPointEscalar(generator, scalar);
    const affine = ([x, y]: Point): CurvePoint => ({
      x: fieldElement(F.toObject(x)),
      y: fieldElement(F.toObject(y)),
    });
    expect(affine(multiple(8n))).to.deep.equal(affine(babyJub.Base8));
    const scalar = fc.bigInt({ min: 1n, max: ORDER - 1n });
    const low = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 7n }));
    const changed = fc.constantFrom("nothing", "message", "s", "order");
    fc.assert(
      fc.property(scalar, scalar, low, low, scalar, changed, (secret, once, ofKey, ofR8, message, change) => {
        const key = multiple(8n * secret + ofKey * ORDER);
        const r8 = multiple(8n * once + ofR8 * ORDER);
        const [a, r] = [affine(key), affine(r8)];
        const challenge = poseidon([r.x, r.y, a.x, a.y, fieldElement(message)]);
        const exact = (once + 8n * challenge * secret) % ORDER;
        const s = change === "s" ? exact + 1n : change === "order" ? exact + ORDER : exact;
        const said = fieldElement(change === "message" ? message + 1n : message);
        const isSigned = signing.verify(said, { r8: r, s: fieldElement(s) }, a);
        expect(isSigned).to.equal(eddsa.verifyPoseidon(F.e(said), { R8: r8, S: s }, key));
        expect(isSigned).to.equal(change === "nothing" && ofR8 === 0n);
      }),
      { seed: SEED, numRuns: 25 },
    );
  });
});
