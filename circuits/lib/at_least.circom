pragma circom 2.1.6;

include "bits.circom";

// Claim: `out` is 1 if a ≥ b, else 0. bits + 1 constraints.
//
// a - b + 2^bits lies in (0, 2^(bits+1)); its top bit is the answer, and its decomposition has one solution.
template AtLeastUnchecked(bits) {
    assert(bits <= 252);
    signal input {maxbit} a;
    signal input {maxbit} b;
    assert(a.maxbit <= bits);
    assert(b.maxbit <= bits);
    signal output {binary} out;

    component difference = ToBits(bits + 1);
    difference.in <== a - b + (1 << bits);
    out <== difference.out[bits];
}

// Claim: a and b are in [0, 2^bits), and `out` is 1 if a ≥ b, else 0. 3·bits + 1 constraints.
template AtLeast(bits) {
    signal input a;  // any field element
    signal input b;  // any field element
    signal output {binary} out;

    signal {maxbit} aRanged <== Ranged(bits)(a);  // prevents a wrapped a
    signal {maxbit} bRanged <== Ranged(bits)(b);  // prevents a wrapped b
    out <== AtLeastUnchecked(bits)(aRanged, bRanged);
}
