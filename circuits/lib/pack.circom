pragma circom 2.1.6;

// Number of 31-byte words that `bytes` bytes take.
function wordsFor(bytes) {
    return (bytes + 30) \ 31;
}

// Claim: `out` is the big-endian number of the bytes. No constraint (linear). Injective if the inputs are bytes and n ≤ 31.
template PackBytes(n) {
    signal input in[n];  // bytes
    signal output out;  // 8n bits

    var sum = 0;
    for (var i = 0; i < n; i++) {
        sum = sum * 256 + in[i];
    }
    out <== sum;
}

// Claim: `words` are the bytes in groups of 31, big-endian, the last group padded right with zero bytes. No constraint.
template PackWords(n) {
    signal input in[n];  // bytes
    signal output words[wordsFor(n)];  // 248 bits each

    for (var w = 0; w < wordsFor(n); w++) {
        var sum = 0;
        for (var i = 0; i < 31; i++) {
            sum = sum * 256;
            if (31 * w + i < n) {
                sum += in[31 * w + i];
            }
        }
        words[w] <== sum;
    }
}
