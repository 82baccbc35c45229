pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";

// Claim: value = balance + nonce·2^128 with a balance of 128 and a nonce of 64 bits. 192 constraints.
template AccountValue() {
    signal input value;  // accepted only below 2^192
    signal output balance;  // wei
    signal output balanceLowByte;  // balance mod 256
    signal output nonce;

    component bits = Num2Bits(192);
    bits.in <== value;
    var sums[3] = [0, 0, 0];
    for (var i = 0; i < 192; i++) {
        sums[0] += i < 8 ? bits.out[i] * (1 << i) : 0;
        sums[1] += i < 128 ? bits.out[i] * (1 << i) : 0;
        sums[2] += i < 128 ? 0 : bits.out[i] * (1 << (i - 128));
    }
    balanceLowByte <== sums[0];
    balance <== sums[1];
    nonce <== sums[2];
}
