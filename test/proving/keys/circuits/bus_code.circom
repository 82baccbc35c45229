pragma circom 2.1.0;

include "bus_words.circom";

// Claim: sum is that of BusWords; product is that of gamma − row over the rows, and of gamma less the compression of
// `codeHead` (circuits/bus/tuples.ts) for slot 0, if `isHead`. Rows and the code's hash are committed to before beta
// and gamma are drawn.
// Constraints: those of BusWords, and 1 for each row, 4 for a head.
template BusCode(words, first, rows, isHead) {
    signal input beta;
    signal input gamma;
    signal input lo[words];
    signal input hi[words];
    signal input row[rows];
    signal input hashLow;
    signal input hashHigh;
    signal output sum;
    signal output product;

    component received = BusWords(words, first);
    received.beta <== beta;
    received.gamma <== gamma;
    received.lo <== lo;
    received.hi <== hi;
    sum <== received.sum;

    var tag = 2;
    signal square <== beta * beta;
    signal cube <== square * beta;
    signal high <== cube * hashHigh;
    signal partial[rows + 1];
    partial[0] <== isHead * (gamma - hashLow - tag * beta - high) + 1 - isHead;
    for (var i = 0; i < rows; i++) partial[i + 1] <== partial[i] * (gamma - row[i]);
    product <== partial[rows];
}
