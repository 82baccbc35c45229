pragma circom 2.1.0;

// Claim: every value is below `size`, and sum is that of all pairs of neighbours (a, b) on a bus, as
// Σ 1 / (gamma − a − beta·b); beta and gamma are drawn after values and counts were committed to.
// Constraints: 2 for a value's quotients, 1 for a count's, 1 for each pair's fingerprint.
template Lookups(values, size) {
    signal input beta;
    signal input gamma;
    signal input value[values];
    // How often each number of the table is looked up.
    signal input count[size];
    signal output sum;

    signal found[values];
    signal offered[size];
    var balance = 0;
    for (var i = 0; i < values; i++) {
        // Pinned by the next line, unless value = gamma, which is drawn after it.
        found[i] <-- 1 / (gamma - value[i]);
        found[i] * (gamma - value[i]) === 1;
        balance += found[i];
    }
    for (var t = 0; t < size; t++) {
        // Pinned by the next line: gamma is not below size but by chance.
        offered[t] <-- count[t] / (gamma - t);
        offered[t] * (gamma - t) === count[t];
        balance -= offered[t];
    }
    balance === 0;

    signal product[values / 2];
    signal term[values / 2];
    var total = 0;
    for (var i = 0; i < values / 2; i++) {
        product[i] <== beta * value[2 * i + 1];
        // Pinned by the next line, as `found` is.
        term[i] <-- 1 / (gamma - value[2 * i] - product[i]);
        term[i] * (gamma - value[2 * i] - product[i]) === 1;
        total += term[i];
    }
    sum <== total;
}
