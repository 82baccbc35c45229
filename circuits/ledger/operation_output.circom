pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";
include "../lib/pack.circom";
include "../lib/prefix_words.circom";
include "constants.circom";
include "packed_word.circom";

// Claim: `words` is the action with which the ledger answers an operation: the CALL of a `send` that could pay, else a RESULT with
// the function's return data or the failure's error data, docs/spec.md section 5. Every word and flag is 0 if not enabled.
// 503 constraints.
//
// At most one of sends, transferred, readsBalance, invalid, staticViolation, insufficient is 1, and none unless enabled; none of them is
// 1 for an operation that succeeds and returns nothing.
//
// Phases: A head; B payload of the CALL; C error data of an overdraft; D data and its length.
template OperationOutput() {
    var dataCount = wordsFor(MAX_PAYLOAD());
    var count = HEAD_WORDS() + dataCount;
    signal input enabled;  // this and the following: booleans, proven by the caller
    signal input sends;
    signal input transferred;
    signal input readsBalance;
    signal input invalid;
    signal input staticViolation;
    signal input insufficient;
    signal input rollup;  // 64 bits
    signal input from;  // chain that called the ledger, 64 bits, 0 if not enabled
    signal input chain;  // of the send, 64 bits
    signal input address;  // of the send, 160 bits
    signal input sent;  // wei sent out; 0 unless `sends`
    signal input gas;  // of the send, 32 bits; 0 unless `sends`
    signal input payload[MAX_PAYLOAD()];  // bytes
    signal input payloadLength;  // in [0, MAX_PAYLOAD] if `sends`
    signal input balance;  // the balance read, 128 bits
    signal input balanceLowByte;  // balance mod 256
    signal input available;  // the payer's balance, 128 bits
    signal input amount[32];  // bytes of the amount asked for
    signal output words[count];
    signal output present[count];  // booleans

    // A.
    signal failed <== invalid + staticViolation + insufficient;
    signal self <== enabled * rollup;
    signal to <== from + sends * (chain - from);
    signal sentLength <== sends * payloadLength;
    signal length <== sentLength + 32 * (transferred + readsBalance) + 4 * (invalid + staticViolation) + 68 * insufficient;
    words[0] <== PackedWord()((enabled - sends) * KIND_RESULT(), failed, 0, self, to, length, gas);
    words[1] <== sends * LEDGER_ADDRESS();
    words[2] <== sends * address;
    words[3] <== sent;
    for (var w = 0; w < HEAD_WORDS(); w++) {
        present[w] <== enabled;
    }

    // B. Without a send the prefix is empty, so its words and flags are 0.
    component prefix = PrefixWords(MAX_PAYLOAD());
    prefix.in <== payload;
    prefix.length <== sentLength;

    // C. selector (4), available (32), amount (32), of which `available` starts with 16 zero bytes.
    component availableBits = Num2Bits(128);
    availableBits.in <== available;  // prevents a balance of 2^128 or more
    component overdraft = PackWords(68);
    for (var i = 0; i < 4; i++) {
        overdraft.in[i] <== (ERROR_INSUFFICIENT_BALANCE() >> (8 * (3 - i))) & 255;
    }
    for (var i = 4; i < 36; i++) {
        var byte = 0;
        if (i >= 20) {
            for (var b = 0; b < 8; b++) {
                byte += availableBits.out[8 * (35 - i) + b] * (1 << b);
            }
        }
        overdraft.in[i] <== byte;
    }
    for (var i = 36; i < 68; i++) {
        overdraft.in[i] <== amount[i - 36];
    }

    // D. 32 bytes of a number are its high 31 bytes, then its low byte at the top of the second word.
    signal balanceHigh <== (balance - balanceLowByte) / 256;
    signal readWords[2];
    readWords[0] <== readsBalance * balanceHigh;
    readWords[1] <== readsBalance * balanceLowByte;
    signal overdraftWords[3];
    for (var w = 0; w < dataCount; w++) {
        var data = prefix.words[w];
        var exists = prefix.present[w];
        if (w < 3) {
            overdraftWords[w] <== insufficient * overdraft.words[w];
            data += overdraftWords[w];
            exists += insufficient;
        }
        if (w < 2) {
            exists += transferred + readsBalance;
        }
        if (w == 0) {
            data += readWords[0];
            data += (invalid * ERROR_INVALID_CALLDATA() + staticViolation * ERROR_STATIC_CALL_VIOLATION()) * (1 << 216);
            exists += invalid + staticViolation;
        }
        if (w == 1) {
            data += (readWords[1] + transferred) * (1 << 240);
        }
        words[HEAD_WORDS() + w] <== data;
        present[HEAD_WORDS() + w] <== exists;
    }
}
