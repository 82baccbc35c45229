pragma circom 2.1.6;

// Claim: data of `length` bytes fills exactly the words whose flag is set, and its last word ends in `padding` unused bytes.
// 2·words + 32 constraints.
//
// Phases: A flags are 1…1 0…0; B padding is one of 0…30, as a one-hot vector; C both agree with the length.
template WordFlags(words) {
    signal input length;  // any field element; accepted only if it is an integer in [0, 31·words]
    assert(words < 1 << 64);
    signal output {binary} present[words];  // word i holds at least one byte
    signal output {binary} padding[31];  // one-hot: padding[r] = 1 if r bytes of the last word are unused (r = 0 if there is no word)

    var count = 0;
    var pad = 0;
    var chosen = 0;
    // A. Pinned by C: 31·count - pad = length has one solution with 0 ≤ pad ≤ 30, and flags only fall.
    for (var i = 0; i < words; i++) {
        present[i] <-- 31 * i < length ? 1 : 0;
        present[i] * (present[i] - 1) === 0;
        if (i > 0) {
            present[i] * (1 - present[i - 1]) === 0;  // prevents a gap
        }
        count += present[i];
    }
    // B. Pinned by C and by the sum being 1.
    var excess = (31 - (length % 31)) % 31;
    for (var r = 0; r < 31; r++) {
        padding[r] <-- excess == r ? 1 : 0;
        padding[r] * (padding[r] - 1) === 0;
        chosen += padding[r];
        pad += r * padding[r];
    }
    chosen === 1;
    // C.
    31 * count - pad === length;
    (1 - present[0]) * (1 - padding[0]) === 0;  // prevents a negative length
}
