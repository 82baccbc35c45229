pragma circom 2.1.6;

include "bits.circom";
include "pack.circom";
include "word_flags.circom";

// Claim: `words` are the 31-byte words of the first `length` bytes, zero-padded, and `present` says which of them exist.
// 5·words + 318 constraints, instead of 3 a byte with one flag per byte.
//
// Phases: A which words exist; B the last word, split into bytes; C its bytes behind the end erased; D the words.
template PrefixWords(capacity) {
    var n = wordsFor(capacity);
    assert(capacity < 1024);
    signal input {maxbit} in[capacity];
    assert(in.maxbit <= 8);
    signal input length;  // any field element; accepted only if it is an integer in [0, capacity]
    signal output {maxbit} words[n];
    words.maxbit = 248;
    signal output {binary} present[n];

    // A.
    component flags = WordFlags(n);
    flags.length <== length;
    present <== flags.present;
    component spare = ToBits(10);
    spare.in <== capacity - length;  // prevents a length in (capacity, 31·n], which WordFlags accepts

    // B. last[w] = 1 for the last word only; no word is last if the length is 0, and `tail` is 0 then.
    component whole = PackWords(capacity);
    whole.in <== in;
    var last[n];
    signal candidates[n];
    var tail = 0;
    for (var w = 0; w < n; w++) {
        last[w] = present[w] - (w + 1 < n ? present[w + 1] : 0);
        candidates[w] <== last[w] * whole.words[w];
        tail += candidates[w];
    }
    component bits = ToBits(248);
    bits.in <== tail;

    // C. Byte i stays if i < 31 - padding.
    component byte[31];
    signal {maxbit} kept[31];
    kept.maxbit = 8;
    for (var i = 0; i < 31; i++) {
        byte[i] = BitsToNumber(8);
        for (var b = 0; b < 8; b++) {
            byte[i].in[b] <== bits.out[8 * (30 - i) + b];
        }
        var keep = 0;
        for (var r = 0; r <= 30 - i; r++) {
            keep += flags.padding[r];
        }
        kept[i] <== keep * byte[i].out;  // prevents bytes behind the end from counting
    }
    signal {maxbit} lastWord <== BytesToNumber(31)(kept);

    // D.
    signal full[n];
    signal partial[n];
    for (var w = 0; w < n; w++) {
        full[w] <== (w + 1 < n ? present[w + 1] : 0) * whole.words[w];
        partial[w] <== last[w] * lastWord;
        words[w] <== full[w] + partial[w];
    }
}
