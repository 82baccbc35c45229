pragma circom 2.1.0;

include "parts/power.circom";

// Claim: evaluation = commitment * challenge^3, and word is below 2^width, given as bits with the lowest first.
// Small enough for a ceremony, with wires on one side only, unused wires and an empty array for width 0.
template Bits(width) {
    signal input commitment;
    signal input challenge;
    signal input evaluation;
    signal input word;
    signal input bits[width];

    signal cube <== Cube()(challenge);
    evaluation === commitment * cube;

    var sum = 0;
    for (var i = 0; i < width; i++) {
        bits[i] * (bits[i] - 1) === 0;
        sum += bits[i] * (1 << i);
    }
    word * (sum - word) === 0;
}
