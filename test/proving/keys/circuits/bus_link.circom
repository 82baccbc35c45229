pragma circom 2.1.0;

// Claim: sum is `multiplicity` / (gamma − value), so that two proofs under one key balance each other; product is 1, or
// if `isOpen` that of gamma − row over the rows, and if `isHead` also of gamma less the compression of `codeHead`
// (circuits/bus/tuples.ts) for slot 0. All of it is committed to before beta and gamma are drawn.
// Constraints: 10, and 1 for each row.
template BusLink(rows) {
    signal input beta;
    signal input gamma;
    signal input value;
    signal input multiplicity;
    signal input isOpen;
    signal input isHead;
    signal input row[rows];
    signal input hashLow;
    signal input hashHigh;
    signal output sum;
    signal output product;

    sum <-- multiplicity / (gamma - value);
    sum * (gamma - value) === multiplicity;

    isOpen * (1 - isOpen) === 0;
    isHead * (1 - isHead) === 0;
    var tag = 2;
    signal square <== beta * beta;
    signal cube <== square * beta;
    signal high <== cube * hashHigh;
    signal partial[rows + 1];
    partial[0] <== isHead * (gamma - hashLow - tag * beta - high - 1) + 1;
    for (var i = 0; i < rows; i++) partial[i + 1] <== partial[i] * (gamma - row[i]);
    product <== isOpen * (partial[rows] - 1) + 1;
}
