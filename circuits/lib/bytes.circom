pragma circom 2.1.6;

include "bits.circom";

// Claim: `out` equals `in`, and every element is in [0, 256). 8n constraints.
template AssertBytes(n) {
    signal input in[n];  // any field elements
    signal output {maxbit} out[n];
    out.maxbit = 8;

    component bits[n];
    for (var i = 0; i < n; i++) {
        bits[i] = ToBits(8);
        bits[i].in <== in[i];  // prevents two byte strings with the same packed words
    }
    out <== in;
}

// A byte that is known beforehand. No constraint.
template ConstantByte(value) {
    assert(value < 256);
    signal output {maxbit} out;
    out.maxbit = 8;

    out <== value;
}

// Claim: `out` is the big-endian number of the bytes, mod p. No constraint (linear). Injective for n ≤ 31.
template BytesToNumber(n) {
    assert(n <= 32);
    signal input {maxbit} in[n];
    assert(in.maxbit <= 8);
    signal output {maxbit} out;
    out.maxbit = n < 32 ? 8 * n : 254;

    var sum = 0;
    for (var i = 0; i < n; i++) {
        sum = sum * 256 + in[i];
    }
    out <== sum;
}
