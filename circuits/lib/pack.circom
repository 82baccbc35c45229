pragma circom 2.1.6;

include "bytes.circom";

// Number of 31-byte words that `bytes` bytes take.
function wordsFor(bytes) {
    return (bytes + 30) \ 31;
}

// Claim: `words` are the bytes in groups of 31, big-endian, the last group padded right with zero bytes. No constraint.
template PackWords(n) {
    signal input {maxbit} in[n];
    assert(in.maxbit <= 8);
    signal output {maxbit} words[wordsFor(n)];
    words.maxbit = 248;

    component number[wordsFor(n)];
    for (var w = 0; w < wordsFor(n); w++) {
        var bytes = 31 * w + 31 <= n ? 31 : n - 31 * w;
        number[w] = BytesToNumber(bytes);
        for (var i = 0; i < bytes; i++) {
            number[w].in[i] <== in[31 * w + i];
        }
        words[w] <== number[w].out * (1 << (8 * (31 - bytes)));
    }
}
