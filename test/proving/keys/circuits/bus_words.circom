pragma circom 2.1.0;

// Claim: sum is what receiving `words` tuples (tag + index, word) takes from the bus, with indices from `first` on;
// beta and gamma are drawn after the words were committed to.
// Constraints: 2 for each word.
template BusWords(words, first) {
    signal input beta;
    signal input gamma;
    signal input word[words];
    signal output sum;

    // The type of a statement's words on the bus.
    var tag = 1 << 240;
    signal product[words];
    signal term[words];
    var total = 0;
    for (var i = 0; i < words; i++) {
        product[i] <== beta * word[i];
        // Pinned by the next line, unless the tuple's compression is gamma, which is drawn after it.
        term[i] <-- 1 / (gamma - tag - first - i - product[i]);
        term[i] * (gamma - tag - first - i - product[i]) === 1;
        total += term[i];
    }
    sum <== -total;
}
