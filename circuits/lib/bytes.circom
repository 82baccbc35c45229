pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";

// Claim: every input is in [0, 256). 8n constraints.
template AssertBytes(n) {
    signal input in[n];  // any field elements

    component bits[n];
    for (var i = 0; i < n; i++) {
        bits[i] = Num2Bits(8);
        bits[i].in <== in[i];  // prevents two byte strings with the same packed words
    }
}
