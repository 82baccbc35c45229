pragma circom 2.1.6;

include "../lib/bits.circom";
include "../lib/pack.circom";
include "../lib/word_flags.circom";
include "constants.circom";

// Claim: for data that an outgoing call returned, `words` and `length` are what the ledger's own caller gets: the data as it is if the call
// failed, else abi.encode(bytes). All outputs are 0 if not enabled. 82 constraints.
//
// Phases: A the encoding, as bytes; B its length; C the choice.
template ForwardedData() {
    var rawWords = wordsFor(MAX_RETURN());
    var n = wordsFor(MAX_ENCODED_RETURN());
    signal input {binary} enabled;
    signal input {binary} failed;  // 0 if not enabled, proven by the caller
    signal input {maxbit} data[MAX_RETURN()];  // 0 from `length` on, proven by the caller
    assert(data.maxbit <= 8);
    signal input {max} length;  // 0 if not enabled, proven by the caller
    assert(length.max <= MAX_RETURN());
    signal output words[n];
    signal output {binary} present[n];
    signal output {max} outLength;
    outLength.max = MAX_ENCODED_RETURN();

    // A. Offset 32, then the length, which is added below, then the data and zeros.
    signal {maxbit} offset <== ConstantByte(32)();
    signal {maxbit} zero <== ConstantByte(0)();
    component encoded = PackWords(MAX_ENCODED_RETURN());
    component raw = PackWords(MAX_RETURN());
    for (var i = 0; i < 64; i++) {
        if (i == 31) {
            encoded.in[i] <== offset;
        } else {
            encoded.in[i] <== zero;
        }
    }
    for (var i = 0; i < MAX_RETURN(); i++) {
        encoded.in[64 + i] <== data[i];
        raw.in[i] <== data[i];
    }

    // B. Pinned: 32·slots - length in [0, 31] has one solution, and slots of 4 bits cannot wrap.
    signal slots <-- (length + 31) \ 32;
    component slotBits = ToBits(4);
    component slackBits = ToBits(5);
    slotBits.in <== slots;
    slackBits.in <== 32 * slots - length;

    // C. The length ends in byte 63, the second one of word 2.
    signal {binary} succeeded <== enabled - failed;
    signal rawLength <== failed * length;
    outLength <== rawLength + succeeded * (64 + 32 * slots);
    component flags = WordFlags(n);
    flags.length <== outLength;
    present <== flags.present;
    signal forwarded[rawWords];
    for (var w = 0; w < n; w++) {
        if (w < rawWords) {
            forwarded[w] <== failed * raw.words[w];
            words[w] <== forwarded[w] + succeeded * (encoded.words[w] + (w == 2 ? length * (1 << 232) : 0));
        } else {
            words[w] <== succeeded * encoded.words[w];
        }
    }
}
