pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";

// FOR TESTS ONLY: circuits with a wire that does not follow from the inputs. test/circuits/determined.test.ts has to find each.

template FreeHint() {
    signal input in;
    signal output out;

    out <-- in * in;
    signal twice <== out + out;
}

template LooseSquareRoot() {
    signal input in;
    signal output out;

    out <-- in;
    signal square <== in * in;
    out * out === square;
}

template LooseQuotient() {
    signal input in;
    signal input divisor;
    signal output out;

    out <-- in / divisor;
    out * divisor === in;
}

// A number and p more have the same bits' sum.
template LooseBits() {
    signal input in;
    signal output out[254];

    out <== Num2Bits(254)(in);
}

// Three bits of which two weigh the same.
template LooseSum() {
    signal input in;
    signal output out[3];

    var sum = 0;
    for (var i = 0; i < 3; i++) {
        out[i] <-- i < in ? 1 : 0;
        out[i] * (out[i] - 1) === 0;
        sum += (i < 2 ? 1 : 4) * out[i];
    }
    sum === in;
}

template StrictBits() {
    signal input in;
    signal output out[254];

    out <== Num2Bits_strict()(in);
}
