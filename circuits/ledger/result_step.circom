pragma circom 2.1.6;

include "../lib/action_data.circom";
include "../lib/bits.circom";
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
    signal input {binary} enabled;
    signal input {maxbit} rollup;
    signal input {maxbit} callee;  // chain the outgoing CALL went to
    signal input {maxbit} caller;  // chain that called the ledger
    assert(rollup.maxbit <= 64);
    assert(callee.maxbit <= 64);
    assert(caller.maxbit <= 64);
    signal input failed;  // accepted only if boolean
    signal input length;  // accepted only in [0, MAX_RETURN]
    signal input data[MAX_RETURN()];  // accepted only if bytes, 0 from `length` on
    signal output inWords[inCount];
    signal output {binary} inPresent[inCount];
    signal output outWords[outCount];
    signal output {binary} outPresent[outCount];

    // A.
    signal {binary} hasFailed <== Boolean()(failed);
    (1 - enabled) * failed === 0;
    (1 - enabled) * length === 0;  // and so the data is 0 too

    // B. sender, target and value of a RESULT are 0.
    signal {maxbit} self <== Gate(64)(enabled, rollup);
    signal {maxbit} from <== Gate(64)(enabled, callee);
    signal {maxbit} to <== Gate(64)(enabled, caller);
    signal {maxbit} kind;
    kind.maxbit = 8;
    kind <== enabled * KIND_RESULT();
    signal {binary} never <== 0;
    signal {maxbit} noGas;
    noGas.maxbit = 0;
    noGas <== 0;
    component inData = ActionData(MAX_RETURN());
    inData.data <== data;
    inData.length <== length;
    inWords[0] <== PackedWord()(kind, hasFailed, never, from, self, inData.size, noGas);
    for (var w = 0; w < inCount; w++) {
        if (w > 0 && w < HEAD_WORDS()) {
            inWords[w] <== 0;
        }
        if (w >= HEAD_WORDS()) {
            inWords[w] <== inData.words[w - HEAD_WORDS()];
        }
        if (w < HEAD_WORDS()) {
            inPresent[w] <== enabled;
        } else {
            inPresent[w] <== inData.present[w - HEAD_WORDS()];
        }
    }

    // C.
    component outData = ForwardedData();
    outData.enabled <== enabled;
    outData.failed <== hasFailed;
    outData.data <== inData.bytes;
    outData.length <== inData.size;
    outWords[0] <== PackedWord()(kind, hasFailed, never, self, to, outData.outLength, noGas);
    for (var w = 0; w < outCount; w++) {
        if (w > 0 && w < HEAD_WORDS()) {
            outWords[w] <== 0;
        }
        if (w >= HEAD_WORDS()) {
            outWords[w] <== outData.words[w - HEAD_WORDS()];
        }
        if (w < HEAD_WORDS()) {
            outPresent[w] <== enabled;
        } else {
            outPresent[w] <== outData.present[w - HEAD_WORDS()];
        }
    }
}
