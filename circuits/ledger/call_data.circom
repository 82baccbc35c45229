pragma circom 2.1.6;

include "../lib/bits.circom";
include "../lib/bytes.circom";
include "../lib/equality.circom";
include "abi_number.circom";
include "constants.circom";

// Claim: the outputs are the strict ABI reading of the calldata, docs/spec.md section 5 "Functions". At most one of isEmpty,
// isTransfer, isBalanceOf, isSend is 1; the arguments mean something only for the last three. 101 constraints.
//
// Phases: A length; B selector; C arguments; D each function's form.
template LedgerCallData() {
    signal input {maxbit} calldata[MAX_CALLDATA()];  // 0 from `length` on, proven by the caller
    assert(calldata.maxbit <= 8);
    signal input length;  // bytes; accepted only in [0, MAX_CALLDATA]
    signal input rollup;  // the ledger's own id, 64 bits
    signal output {binary} knowsSelector;  // the first four bytes are one of the three selectors (none ends in a zero byte, so they exist)
    signal output {binary} isEmpty;
    signal output {binary} isTransfer;  // well-formed, as the next two
    signal output {binary} isBalanceOf;
    signal output {binary} isSend;
    signal output {maxbit} chain;  // 64 bits
    signal output {maxbit} address;  // 160 bits
    signal output {maxbit} amount;  // low 128 bits of the amount
    signal output {binary} amountFits;  // 1 if the amount is below 2^128
    signal output {maxbit} payloadLength;  // low 32 bits of the length of `data`

    // A.
    component lengthBits = ToBits(9);
    component spareBits = ToBits(9);
    lengthBits.in <== length;
    spareBits.in <== MAX_CALLDATA() - length;  // prevents a length beyond the capacity
    isEmpty <== EqualsZero()(length);

    // B.
    component selector = BytesToNumber(4);
    for (var i = 0; i < 4; i++) {
        selector.in[i] <== calldata[i];
    }
    signal selectsTransfer <== Equals()(selector.out, SELECTOR_TRANSFER());
    signal selectsBalanceOf <== Equals()(selector.out, SELECTOR_BALANCE_OF());
    signal selectsSend <== Equals()(selector.out, SELECTOR_SEND());
    knowsSelector <== selectsTransfer + selectsBalanceOf + selectsSend;

    // C.
    var bytes[5] = [8, 20, 16, 1, 4];
    component argument[5];
    for (var a = 0; a < 5; a++) {
        argument[a] = AbiNumber(bytes[a]);
        for (var i = 0; i < 32; i++) {
            argument[a].word[i] <== calldata[4 + 32 * a + i];
        }
    }
    chain <== argument[0].low;
    address <== argument[1].low;
    amount <== argument[2].low;
    payloadLength <== argument[4].low;
    signal cleanAccount <== EqualsZero()(argument[0].high + argument[1].high);
    amountFits <== EqualsZero()(argument[2].high);

    // D.
    signal transferLength <== Equals()(length, 100);
    signal transferForm <== selectsTransfer * transferLength;
    isTransfer <== transferForm * cleanAccount;

    signal balanceOfLength <== Equals()(length, 68);
    signal balanceOfForm <== selectsBalanceOf * balanceOfLength;
    isBalanceOf <== balanceOfForm * cleanAccount;

    // send: length = 164 + 32·k with 32·k - payloadLength in [0, 31]: the length is 4 mod 32, and the room left over the payload
    // is in [0, 31] (a negative room has bit 33 unset, a larger one has a bit from 5 to 32 set).
    component remainder = BitsToNumber(5);
    for (var i = 0; i < 5; i++) {
        remainder.in[i] <== lengthBits.out[i];
    }
    component room = ToBits(34);
    component roomHigh = BitsToNumber(29);
    room.in <== length - 164 - payloadLength + (1 << 33);
    for (var i = 0; i < 29; i++) {
        roomHigh.in[i] <== room.out[5 + i];
    }
    signal sendRemainder <== Equals()(remainder.out, 4);
    signal sendRoom <== Equals()(roomHigh.out, 1 << 28);
    signal sendOffset <== Equals()(argument[3].low, 128);
    signal sendClean <== EqualsZero()(argument[3].high + argument[4].high);
    signal sendHome <== Equals()(chain, rollup);
    signal sendForm[5];
    sendForm[0] <== selectsSend * cleanAccount;
    sendForm[1] <== sendForm[0] * sendRemainder;
    sendForm[2] <== sendForm[1] * sendRoom;
    sendForm[3] <== sendForm[2] * sendOffset;
    sendForm[4] <== sendForm[3] * sendClean;
    isSend <== sendForm[4] * (1 - sendHome);
}
