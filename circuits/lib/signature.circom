pragma circom 2.1.6;

include "circomlib/circuits/babyjub.circom";
include "circomlib/circuits/eddsaposeidon.circom";

// Claim: if enabled, (R8, S) is a valid EdDSA-Poseidon signature of `message` under the key A, both points on Baby Jubjub.
// If not, nothing is claimed. 4,228 constraints.
//
// circomlib's verifier assumes points on the curve: off it, its additions may divide by zero, which would leave their hints free.
template Signature() {
    signal input {binary} enabled;
    signal input Ax;
    signal input Ay;
    signal input R8x;
    signal input R8y;
    signal input S;  // the verifier accepts it only below the subgroup's order
    signal input message;

    // While disabled both points are the base point and S is 0, so that the verifier's arithmetic is defined.
    var BASE8[2] = [
        5299619240641551281634865583518297030282874472190772894086521144482721001553,
        16950150798460657717958625567821834550301663161624707787222815936182638968203
    ];
    component verifier = EdDSAPoseidonVerifier();
    verifier.enabled <== enabled;
    verifier.Ax <== BASE8[0] + enabled * (Ax - BASE8[0]);
    verifier.Ay <== BASE8[1] + enabled * (Ay - BASE8[1]);
    verifier.R8x <== BASE8[0] + enabled * (R8x - BASE8[0]);
    verifier.R8y <== BASE8[1] + enabled * (R8y - BASE8[1]);
    verifier.S <== enabled * S;
    verifier.M <== message;
    BabyCheck()(verifier.Ax, verifier.Ay);
    BabyCheck()(verifier.R8x, verifier.R8y);
}
