pragma circom 2.1.6;

// Claim: `out` is the polynomial of the present words at `challenge`, Horner from the first:
// out = 0, then for each present word: out = out · challenge + word. 2n - 1 constraints.
template Evaluation(n) {
    signal input words[n];  // field elements
    signal input {binary} present[n];
    signal input challenge;  // field element
    signal output out;

    signal shifted[n];
    signal sums[n + 1];
    sums[0] <== 0;
    for (var i = 0; i < n; i++) {
        shifted[i] <== sums[i] * challenge;
        sums[i + 1] <== sums[i] + present[i] * (shifted[i] + words[i] - sums[i]);
    }
    out <== sums[n];
}
