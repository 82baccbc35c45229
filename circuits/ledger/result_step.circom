pragma circom 2.1.6;

include "../lib/action_data.circom";
include "../lib/pack.circom";
include "constants.circom";
include "forwarded_data.circom";
include "packed_word.circom";

// Claim: if enabled, `inWords` is a canonical RESULT from the chain that was called, and `outWords` the RESULT with which the ledger
// answers its own caller. If not, every word, flag and input is 0. 2,512 constraints.
//
// Phases: A inputs; B the RESULT in; C the RESULT out.
template ResultStep() {
    var inCount = HEAD_WORDS() + wordsFor(MAX_RETURN());
    var outCount = HEAD_WORDS() + wordsFor(MAX_ENCODED_RETURN());
    signal input enabled;  // boolean, proven by the caller
    signal input rollup;  // 64 bits
    signal input callee;  // chain the outgoing CALL went to, 64 bits
    signal input caller;  // chain that called the ledger, 64 bits
    signal input failed;  // accepted only if boolean
    signal input length;  // accepted only in [0, MAX_RETURN]
    signal input data[MAX_RETURN()];  // accepted only if bytes, 0 from `length` on
    signal output inWords[inCount];
    signal output inPresent[inCount];
    signal output outWords[outCount];
    signal output outPresent[outCount];

    // A.
    failed * (failed - 1) === 0;
    (1 - enabled) * failed === 0;
    (1 - enabled) * length === 0;  // and so the data is 0 too

    // B. sender, target and value of a RESULT are 0.
    signal self <== enabled * rollup;
    signal from <== enabled * callee;
    signal to <== enabled * caller;
    component inData = ActionData(MAX_RETURN());
    inData.data <== data;
    inData.length <== length;
    inWords[0] <== PackedWord()(enabled * KIND_RESULT(), failed, 0, from, self, length, 0);
    for (var w = 0; w < inCount; w++) {
        if (w > 0 && w < HEAD_WORDS()) {
            inWords[w] <== 0;
        }
        if (w >= HEAD_WORDS()) {
            inWords[w] <== inData.words[w - HEAD_WORDS()];
        }
        inPresent[w] <== w < HEAD_WORDS() ? enabled : inData.present[w - HEAD_WORDS()];
    }

    // C.
    component outData = ForwardedData();
    outData.enabled <== enabled;
    outData.failed <== failed;
    outData.data <== data;
    outData.length <== length;
    outWords[0] <== PackedWord()(enabled * KIND_RESULT(), failed, 0, self, to, outData.outLength, 0);
    for (var w = 0; w < outCount; w++) {
        if (w > 0 && w < HEAD_WORDS()) {
            outWords[w] <== 0;
        }
        if (w >= HEAD_WORDS()) {
            outWords[w] <== outData.words[w - HEAD_WORDS()];
        }
        outPresent[w] <== w < HEAD_WORDS() ? enabled : outData.present[w - HEAD_WORDS()];
    }
}
