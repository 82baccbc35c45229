pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";

// Claim: for a, b in [0, 2^bits), `out` is 1 if a ≥ b, else 0. bits + 1 constraints, bits ≤ 252.
//
// a - b + 2^bits lies in (0, 2^(bits+1)); its top bit is the answer, and its decomposition has one solution.
template AtLeastUnchecked(bits) {
    signal input a;  // < 2^bits, proven by the caller
    signal input b;  // < 2^bits, proven by the caller
    signal output out;  // 0 or 1

    component difference = Num2Bits(bits + 1);
    difference.in <== a - b + (1 << bits);
    out <== difference.out[bits];
}

// Claim: a and b are in [0, 2^bits), and `out` is 1 if a ≥ b, else 0. 3·bits + 1 constraints.
template AtLeast(bits) {
    signal input a;  // any field element
    signal input b;  // any field element
    signal output out;  // 0 or 1

    component aRange = Num2Bits(bits);
    component bRange = Num2Bits(bits);
    aRange.in <== a;  // prevents a wrapped a
    bRange.in <== b;  // prevents a wrapped b
    out <== AtLeastUnchecked(bits)(a, b);
}
