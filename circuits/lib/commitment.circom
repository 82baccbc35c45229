pragma circom 2.1.6;

include "./hash.circom";

// Permutations that absorb n words: 16 in the first, 15 in each other one, whose first input is the state.
function commitmentRounds(n) {
    return n <= 16 ? 1 : 1 + (n - 16 + 14) \ 15;
}

// Claim: `out` is H_16(…H_16(H_16(w_0…w_15), w_16…w_30)…), the last round padded with zeros. About 609 constraints a round.
// Binding for a fixed n.
template Commitment(n) {
    var rounds = commitmentRounds(n);
    signal input words[n];  // field elements
    signal output out;

    component hash[rounds];
    var next = 0;
    for (var r = 0; r < rounds; r++) {
        hash[r] = Hash(16);
        for (var i = 0; i < 16; i++) {
            if (r > 0 && i == 0) {
                hash[r].inputs[i] <== hash[r - 1].out;
            } else if (next < n) {
                hash[r].inputs[i] <== words[next];
                next++;
            } else {
                hash[r].inputs[i] <== 0;
            }
        }
    }
    out <== hash[rounds - 1].out;
}
