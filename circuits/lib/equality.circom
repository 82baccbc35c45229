pragma circom 2.1.6;

// Claim: `out` is 1 if `in` is 0, else 0. 3 constraints.
//
// Differs from circomlib's IsZero in one constraint: there `inv` is free when `in` is 0, here nothing is.
template EqualsZero() {
    signal input in;  // any field element
    signal output {binary} out;

    signal inverse;
    // Pinned: for in ≠ 0 by `in * out === 0` (out must be 0, so inverse = 1/in); for in = 0, where out = 1, by
    // `inverse * out === 0`.
    inverse <-- in != 0 ? 1 / in : 0;
    out <== 1 - in * inverse;
    in * out === 0;  // prevents out = 1 for in ≠ 0
    inverse * out === 0;  // prevents a free inverse for in = 0
}

// Claim: `out` is 1 if `a` equals `b` as field elements, else 0. 3 constraints.
template Equals() {
    signal input a;
    signal input b;
    signal output {binary} out;

    out <== EqualsZero()(a - b);
}
