pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";
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
    signal input enabled;  // boolean, proven by the caller
    signal input failed;  // boolean, 0 if not enabled, proven by the caller
    signal input data[MAX_RETURN()];  // bytes, 0 from `length` on, proven by the caller
    signal input length;  // in [0, MAX_RETURN], 0 if not enabled, proven by the caller
    signal output words[n];
    signal output present[n];  // booleans
    signal output outLength;

    // A. Offset 32, then the length, whose two bytes are packed as one number, then the data and zeros.
    component encoded = PackWords(MAX_ENCODED_RETURN());
    component raw = PackWords(MAX_RETURN());
    for (var i = 0; i < 64; i++) {
        encoded.in[i] <== i == 31 ? 32 : (i == 63 ? length : 0);
    }
    for (var i = 0; i < MAX_RETURN(); i++) {
        encoded.in[64 + i] <== data[i];
        raw.in[i] <== data[i];
    }

    // B. Pinned: 32·slots - length in [0, 31] has one solution, and slots of 4 bits cannot wrap.
    signal slots <-- (length + 31) \ 32;
    component slotBits = Num2Bits(4);
    component slackBits = Num2Bits(5);
    slotBits.in <== slots;
    slackBits.in <== 32 * slots - length;

    // C.
    signal succeeded <== enabled - failed;
    signal rawLength <== failed * length;
    outLength <== rawLength + succeeded * (64 + 32 * slots);
    component flags = WordFlags(n);
    flags.length <== outLength;
    present <== flags.present;
    signal forwarded[rawWords];
    for (var w = 0; w < n; w++) {
        if (w < rawWords) {
            forwarded[w] <== failed * raw.words[w];
            words[w] <== forwarded[w] + succeeded * encoded.words[w];
        } else {
            words[w] <== succeeded * encoded.words[w];
        }
    }
}
