pragma circom 2.1.6;

include "../lib/bits.circom";

// Claim: value = balance + nonce·2^128 with a balance of 128 and a nonce of 64 bits. 192 constraints.
template AccountValue() {
    signal input value;  // accepted only below 2^192
    signal output {maxbit} balance;  // wei
    signal output {maxbit} balanceLowByte;  // balance mod 256
    signal output {maxbit} nonce;

    component bits = ToBits(192);
    bits.in <== value;
    component low = BitsToNumber(8);
    component middle = BitsToNumber(128);
    component high = BitsToNumber(64);
    for (var i = 0; i < 128; i++) {
        if (i < 8) {
            low.in[i] <== bits.out[i];
        }
        if (i < 64) {
            high.in[i] <== bits.out[128 + i];
        }
        middle.in[i] <== bits.out[i];
    }
    balanceLowByte <== low.out;
    balance <== middle.out;
    nonce <== high.out;
}
