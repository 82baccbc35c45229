pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";
include "../lib/equality.circom";
include "../lib/pack.circom";
include "constants.circom";

// Claim: the outputs are the strict ABI reading of the calldata, docs/spec.md section 5 "Functions". At most one of isEmpty,
// isTransfer, isBalanceOf, isSend is 1; the arguments mean something only for the last three. 101 constraints.
//
// Phases: A length; B selector; C arguments; D each function's form.
template LedgerCallData() {
    signal input calldata[MAX_CALLDATA()];  // bytes, proven by the caller; 0 from `length` on
    signal input length;  // bytes; accepted only in [0, MAX_CALLDATA]
    signal input rollup;  // the ledger's own id, 64 bits
    signal output knowsSelector;  // the first four bytes are one of the three selectors (none ends in a zero byte, so they exist)
    signal output isEmpty;
    signal output isTransfer;  // well-formed, as the next two
    signal output isBalanceOf;
    signal output isSend;
    signal output chain;  // 64 bits
    signal output address;  // 160 bits
    signal output amount;  // low 128 bits of the amount
    signal output amountFits;  // 1 if the amount is below 2^128
    signal output payloadLength;  // low 32 bits of the length of `data`

    // A.
    component lengthBits = Num2Bits(9);
    component spareBits = Num2Bits(9);
    lengthBits.in <== length;
    spareBits.in <== MAX_CALLDATA() - length;  // prevents a length beyond the capacity
    isEmpty <== EqualsZero()(length);

    // B.
    var number = 0;
    for (var i = 0; i < 4; i++) {
        number = number * 256 + calldata[i];
    }
    signal selector <== number;
    signal selectsTransfer <== Equals()(selector, SELECTOR_TRANSFER());
    signal selectsBalanceOf <== Equals()(selector, SELECTOR_BALANCE_OF());
    signal selectsSend <== Equals()(selector, SELECTOR_SEND());
    knowsSelector <== selectsTransfer + selectsBalanceOf + selectsSend;

    // C. Bytes are not negative, so a sum of them is 0 only if each is.
    var chainHigh = 0;
    var chainNumber = 0;
    for (var i = 4; i < 36; i++) {
        chainHigh += i < 28 ? calldata[i] : 0;
        chainNumber = i < 28 ? 0 : chainNumber * 256 + calldata[i];
    }
    chain <== chainNumber;
    var addressHigh = 0;
    var addressNumber = 0;
    for (var i = 36; i < 68; i++) {
        addressHigh += i < 48 ? calldata[i] : 0;
        addressNumber = i < 48 ? 0 : addressNumber * 256 + calldata[i];
    }
    address <== addressNumber;
    signal cleanAccount <== EqualsZero()(chainHigh + addressHigh);
    var amountHigh = 0;
    var amountNumber = 0;
    for (var i = 68; i < 100; i++) {
        amountHigh += i < 84 ? calldata[i] : 0;
        amountNumber = i < 84 ? 0 : amountNumber * 256 + calldata[i];
    }
    amount <== amountNumber;
    amountFits <== EqualsZero()(amountHigh);
    var offsetHigh = 0;
    for (var i = 100; i < 131; i++) {
        offsetHigh += calldata[i];
    }
    var payloadLengthHigh = 0;
    var payloadLengthNumber = 0;
    for (var i = 132; i < 164; i++) {
        payloadLengthHigh += i < 160 ? calldata[i] : 0;
        payloadLengthNumber = i < 160 ? 0 : payloadLengthNumber * 256 + calldata[i];
    }
    payloadLength <== payloadLengthNumber;

    // D.
    signal transferLength <== Equals()(length, 100);
    signal transferForm <== selectsTransfer * transferLength;
    isTransfer <== transferForm * cleanAccount;

    signal balanceOfLength <== Equals()(length, 68);
    signal balanceOfForm <== selectsBalanceOf * balanceOfLength;
    isBalanceOf <== balanceOfForm * cleanAccount;

    // send: length = 164 + 32·k with 32·k - payloadLength in [0, 31]: the length is 4 mod 32, and the room left over the payload
    // is in [0, 31] (a negative room has bit 33 unset, a larger one has a bit from 5 to 32 set).
    var low5 = 0;
    for (var i = 0; i < 5; i++) {
        low5 += lengthBits.out[i] * (1 << i);
    }
    component room = Num2Bits(34);
    room.in <== length - 164 - payloadLength + (1 << 33);
    var roomHigh = 0;
    for (var i = 5; i < 34; i++) {
        roomHigh += room.out[i] * (1 << (i - 5));
    }
    signal sendRemainder <== Equals()(low5, 4);
    signal sendRoom <== Equals()(roomHigh, 1 << 28);
    signal sendOffset <== Equals()(calldata[131], 128);
    signal sendClean <== EqualsZero()(offsetHigh + payloadLengthHigh);
    signal sendHome <== Equals()(chain, rollup);
    signal sendForm[5];
    sendForm[0] <== selectsSend * cleanAccount;
    sendForm[1] <== sendForm[0] * sendRemainder;
    sendForm[2] <== sendForm[1] * sendRoom;
    sendForm[3] <== sendForm[2] * sendOffset;
    sendForm[4] <== sendForm[3] * sendClean;
    isSend <== sendForm[4] * (1 - sendHome);
}
