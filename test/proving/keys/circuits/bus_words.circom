pragma circom 2.1.0;

// Claim: sum is what receiving `words` tuples `word` (circuits/bus/tuples.ts), in halves and with indices from
// `first` on, takes from the bus; beta and gamma are drawn after the words were committed to.
// Constraints: 2 for each word, and 2 for powers of beta. The halves' ranges are for L1 to keep: it sends the tuples.
template BusWords(words, first) {
    signal input beta;
    signal input gamma;
    signal input lo[words];
    signal input hi[words];
    signal output sum;

    var tag = 1;
    signal square <== beta * beta;
    signal cube <== square * beta;
    signal high[words];
    signal term[words];
    var total = 0;
    for (var i = 0; i < words; i++) {
        high[i] <== cube * hi[i];
        var factor = gamma - lo[i] - tag * beta - (first + i) * square - high[i];
        // Pinned by the next line, unless the tuple's compression is gamma, which is drawn after it.
        term[i] <-- 1 / factor;
        term[i] * factor === 1;
        total += term[i];
    }
    sum <== -total;
}
