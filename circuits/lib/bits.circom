pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";

// Numbers, bits and booleans, and the tags by which a template asks its caller for them (circuits/README.md, "Tags").

// Claim: `out` is 0 or 1 and equals `in`. 1 constraint.
template Boolean() {
    signal input in;  // any field element
    signal output {binary} out;

    in * (in - 1) === 0;
    out <== in;
}

// Claim: `out` are the n bits of `in`, least significant first; what is not below 2^n is refused. n constraints.
template ToBits(n) {
    assert(n <= 253);  // with 254 bits, p and more could be added
    signal input in;  // any field element
    signal output {binary} out[n];

    out <== Num2Bits(n)(in);
}

// Claim: `out` are the 254 bits of `in`, as a number below p. 517 constraints.
template ToBitsStrict() {
    signal input in;  // any field element
    signal output {binary} out[254];

    out <== Num2Bits_strict()(in);
}

// Claim: `out` equals `in`, which is below 2^n. n constraints.
template Ranged(n) {
    signal input in;  // any field element
    signal output {maxbit} out;
    out.maxbit = n;

    component bits = ToBits(n);
    bits.in <== in;
    out <== in;
}

// Claim: `out` is `in` if enabled, else 0. 1 constraint.
template Gate(n) {
    signal input {binary} enabled;
    signal input {maxbit} in;
    assert(in.maxbit <= n);
    signal output {maxbit} out;
    out.maxbit = n;

    out <== enabled * in;
}

// Claim: `out` is the number with these bits, least significant first. No constraint (linear).
template BitsToNumber(n) {
    assert(n <= 253);
    signal input {binary} in[n];
    signal output {maxbit} out;
    out.maxbit = n;

    var sum = 0;
    for (var i = 0; i < n; i++) {
        sum += in[i] * (1 << i);
    }
    out <== sum;
}
