pragma circom 2.1.6;

include "../lib/bytes.circom";

// Claim: `low` is the number in the last `bytes` bytes of an ABI word, and `high` is 0 if and only if the bytes before them are.
// No constraint (linear): bytes are not negative, so a sum of them is 0 only if each is.
template AbiNumber(bytes) {
    assert(bytes <= 31);
    signal input {maxbit} word[32];
    assert(word.maxbit <= 8);
    signal output {maxbit} low;
    signal output high;

    component number = BytesToNumber(bytes);
    var sum = 0;
    for (var i = 0; i < 32; i++) {
        if (i < 32 - bytes) {
            sum += word[i];
        } else {
            number.in[i - 32 + bytes] <== word[i];
        }
    }
    low <== number.out;
    high <== sum;
}
