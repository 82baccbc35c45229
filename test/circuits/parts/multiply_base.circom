pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/escalarmulfix.circom";

// FOR TESTS ONLY: `out` is `scalar` times the base point, as the signature's verifier computes it.
template MultiplyBase() {
    signal input scalar;
    signal output out[2];

    var BASE8[2] = [
        5299619240641551281634865583518297030282874472190772894086521144482721001553,
        16950150798460657717958625567821834550301663161624707787222815936182638968203
    ];
    component bits = Num2Bits(253);
    bits.in <== scalar;
    component multiplied = EscalarMulFix(253, BASE8);
    multiplied.e <== bits.out;
    out <== multiplied.out;
}
