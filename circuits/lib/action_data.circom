pragma circom 2.1.6;

include "bytes.circom";
include "pack.circom";
include "prefix_words.circom";

// Claim: `data` is a string of `length` ≤ capacity bytes padded with zeros, and `words` are its words in the statement; `bytes` and
// `size` are data and length again.
// So `length` and the present words determine every byte, and every byte determines the words. 8·capacity + 5·words + 318
// constraints.
template ActionData(capacity) {
    var n = wordsFor(capacity);
    signal input data[capacity];  // any field elements; accepted only if bytes
    signal input length;  // any field element; accepted only if in [0, capacity]
    signal output {maxbit} words[n];
    words.maxbit = 248;
    signal output {binary} present[n];  // the words that are in the statement
    signal output {maxbit} bytes[capacity];
    signal output {max} size;
    size.max = capacity;

    bytes <== AssertBytes(capacity)(data);
    size <== length;
    component prefix = PrefixWords(capacity);
    prefix.in <== bytes;
    prefix.length <== length;
    present <== prefix.present;

    component whole = PackWords(capacity);
    whole.in <== bytes;
    for (var w = 0; w < n; w++) {
        whole.words[w] === prefix.words[w];  // prevents a byte behind the end
        words[w] <== whole.words[w];
    }
}
