pragma circom 2.1.6;

include "../lib/bits.circom";
include "../lib/pack.circom";
include "../lib/prefix_words.circom";
include "constants.circom";
include "packed_word.circom";

// Claim: `words` is the action with which the ledger answers an operation: the CALL of a `send` that could pay, else a RESULT with
// the function's return data or the failure's error data, docs/spec.md section 5. Every word and flag is 0 if not enabled.
// 375 constraints.
//
// At most one of sends, transferred, readsBalance, invalid, staticViolation, insufficient is 1, and none unless enabled; none of them is
// 1 for an operation that succeeds and returns nothing.
//
// Phases: A head; B payload of the CALL; C error data of an overdraft; D data and its length.
template OperationOutput() {
    var dataCount = wordsFor(MAX_PAYLOAD());
    var count = HEAD_WORDS() + dataCount;
    signal input {binary} enabled;
    signal input {binary} sends;
    signal input {binary} transferred;
    signal input {binary} readsBalance;
    signal input {binary} invalid;
    signal input {binary} staticViolation;
    signal input {binary} insufficient;
    signal input {maxbit} rollup;
    signal input {maxbit} from;  // chain that called the ledger, 0 if not enabled
    signal input {maxbit} chain;  // of the send
    assert(rollup.maxbit <= 64);
    assert(from.maxbit <= 64);
    assert(chain.maxbit <= 64);
    signal input {maxbit} address;  // of the send
    assert(address.maxbit <= 160);
    signal input sent;  // wei sent out; 0 unless `sends`
    signal input {maxbit} gas;  // of the send; 0 unless `sends`
    assert(gas.maxbit <= 32);
    signal input {maxbit} payload[MAX_PAYLOAD()];
    assert(payload.maxbit <= 8);
    signal input {maxbit} payloadLength;  // in [0, MAX_PAYLOAD] if `sends`
    assert(payloadLength.maxbit <= 32);
    signal input {maxbit} balance;  // the balance read
    assert(balance.maxbit <= 128);
    signal input {maxbit} balanceLowByte;  // balance mod 256
    assert(balanceLowByte.maxbit <= 8);
    signal input {binary} availableBits[128];  // the payer's balance, least significant bit first
    signal input {maxbit} amount[32];  // the amount asked for
    assert(amount.maxbit <= 8);
    signal output words[count];
    signal output {binary} present[count];

    // A. Of a sum at most one term is not 0.
    signal {binary} failed <== invalid + staticViolation + insufficient;
    signal {maxbit} self <== Gate(64)(enabled, rollup);
    signal {maxbit} to;
    to.maxbit = 64;
    to <== from + sends * (chain - from);
    signal sentLength <== sends * payloadLength;
    signal {max} length;
    length.max = MAX_PAYLOAD();  // B refuses a longer payload
    length <== sentLength + 32 * (transferred + readsBalance) + 4 * (invalid + staticViolation) + 68 * insufficient;
    signal {maxbit} kind;
    kind.maxbit = 8;
    kind <== (enabled - sends) * KIND_RESULT();
    signal {binary} never <== 0;
    words[0] <== PackedWord()(kind, failed, never, self, to, length, gas);
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
    component overdraft = PackWords(68);
    for (var i = 0; i < 20; i++) {
        overdraft.in[i] <== ConstantByte(i < 4 ? (ERROR_INSUFFICIENT_BALANCE() >> (8 * (3 - i))) & 255 : 0)();
    }
    component availableByte[16];
    for (var i = 0; i < 16; i++) {
        availableByte[i] = BitsToNumber(8);
        for (var b = 0; b < 8; b++) {
            availableByte[i].in[b] <== availableBits[8 * (15 - i) + b];
        }
        overdraft.in[20 + i] <== availableByte[i].out;
    }
    for (var i = 0; i < 32; i++) {
        overdraft.in[36 + i] <== amount[i];
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
