pragma circom 2.1.6;

include "../lib/at_least.circom";
include "../lib/bits.circom";
include "../lib/equality.circom";
include "../lib/tree_lookup.circom";
include "../lib/tree_write.circom";
include "account_key.circom";
include "account_value.circom";
include "call_data.circom";
include "constants.circom";
include "operation_output.circom";

// Claim: if enabled, the ledger answers the CALL or the signed transaction with `outWords` and its tree goes from (root, size) to
// (rootAfter, sizeAfter), docs/spec.md section 5. If not, the tree stays and every input but rollup, root and size is 0.
// 43,192 constraints.
//
// Tree inputs have two entries: 0 for the account that pays or is credited, 1 for the recipient or the account read.
//
// Phases: A inputs; B what is asked; C the first account as it is; D success or failure; E the first account as it becomes; F the second
// account; G the answer.
template LedgerOperation() {
    var outCount = HEAD_WORDS() + wordsFor(MAX_PAYLOAD());
    var depth = TREE_DEPTH();
    signal input {binary} enabled;
    signal input {binary} isSigned;  // an L2TX instead of a CALL
    signal input {maxbit} rollup;
    assert(rollup.maxbit <= 64);
    signal input from;  // accepted only below 2^64
    signal input sender;  // accepted only below 2^160
    signal input target;  // accepted only below 2^160
    signal input value;  // wei; accepted only below 2^128
    signal input isStatic;  // accepted only if boolean
    signal input gas;  // for callees on L1; accepted only below 2^32
    signal input {maxbit} calldata[MAX_CALLDATA()];  // 0 from `calldataLength` on, proven by the caller
    assert(calldata.maxbit <= 8);
    signal input calldataLength;  // accepted only in [0, MAX_CALLDATA]
    signal input {maxbit} signer;  // of an L2TX
    signal input {maxbit} transactionNonce;  // of an L2TX
    assert(signer.maxbit <= 160);
    assert(transactionNonce.maxbit <= 64);
    signal input lowKey[2];
    signal input lowNextKey[2];
    signal input lowValue[2];
    signal input lowIndex[2];
    signal input lowSiblings[2][depth][3];
    signal input insertedSiblings[2][depth][3];
    signal input root;  // of the tree
    signal input size;  // leaves
    signal output rootAfter;
    signal output sizeAfter;
    signal output {binary} sends;  // the answer is a CALL
    signal output {maxbit} callee;  // chain of that CALL
    signal output {maxbit} caller;  // `from` again, as a number of 64 bits
    signal output {binary} static;  // `isStatic` again
    signal output {maxbit} limit;  // `gas` again, as a number of 32 bits
    signal output outWords[outCount];
    signal output {binary} outPresent[outCount];

    // A. An L2TX has empty fields and comes from L1; a disabled operation has no fields at all.
    caller <== Ranged(64)(from);
    signal {maxbit} senderAddress <== Ranged(160)(sender);
    signal {maxbit} targetAddress <== Ranged(160)(target);
    signal {maxbit} wei <== Ranged(128)(value);
    limit <== Ranged(32)(gas);
    static <== Boolean()(isStatic);
    static * wei === 0;
    signal {binary} isCall <== enabled - isSigned;
    (1 - isCall) * from === 0;
    (1 - isCall) * sender === 0;
    (1 - isCall) * target === 0;
    (1 - isCall) * value === 0;
    (1 - isCall) * isStatic === 0;
    (1 - isCall) * gas === 0;
    (1 - enabled) * calldataLength === 0;
    signal fromHome <== Equals()(from, rollup);
    isCall * fromHome === 0;  // prevents a caller on the ledger's own chain, who could only be a forgery of a signer

    // B.
    component asked = LedgerCallData();
    asked.calldata <== calldata;
    asked.length <== calldataLength;
    asked.rollup <== rollup;
    signal {binary} callsLedger <== Equals()(target, LEDGER_ADDRESS());  // 0 unless isCall, as target is 0 then
    signal {binary} codeless <== isCall - callsLedger;
    signal {binary} toLedger <== callsLedger + isSigned;
    signal {binary} transfers <== toLedger * asked.isTransfer;
    signal {binary} reads <== toLedger * asked.isBalanceOf;
    signal {binary} wantsToSend <== toLedger * asked.isSend;
    signal {binary} receives <== callsLedger * asked.isEmpty;
    isSigned * (1 - asked.knowsSelector) === 0;

    // C.
    signal {maxbit} callerAccount <== AccountKey()(caller, senderAddress);
    signal {maxbit} codelessAccount <== AccountKey()(rollup, targetAddress);
    signal {maxbit} signerAccount <== AccountKey()(rollup, signer);
    signal callerKey <== callsLedger * callerAccount;
    signal codelessKey <== codeless * codelessAccount;
    signal signerKey <== isSigned * signerAccount;
    signal {maxbit} firstKey;  // at most one of callsLedger, codeless and isSigned is 1
    firstKey.maxbit = ACCOUNT_KEY_BITS();
    firstKey <== callerKey + codelessKey + signerKey;
    component lookup[2];
    component account[2];
    for (var u = 0; u < 2; u++) {
        lookup[u] = TreeLookup(ACCOUNT_KEY_BITS());
        lookup[u].lowKey <== lowKey[u];
        lookup[u].lowNextKey <== lowNextKey[u];
        lookup[u].lowValue <== lowValue[u];
        account[u] = AccountValue();
    }
    lookup[0].key <== firstKey;
    account[0].value <== lookup[0].value;
    isSigned * (transactionNonce - account[0].nonce) === 0;
    signal lastNonce <== Equals()(account[0].nonce, (1 << 64) - 1);
    isSigned * lastNonce === 0;  // prevents the next nonce from overflowing

    // D. In the order of the specification: calldata, static, balance. What is asked for is one thing at most.
    component availableBits = ToBits(128);
    availableBits.in <== account[0].balance + wei;  // prevents a balance of 2^128 or more
    signal {maxbit} available <== BitsToNumber(128)(availableBits.out);
    signal {binary} covered <== AtLeastUnchecked(128)(available, asked.amount);
    signal {binary} canPay <== asked.amountFits * covered;
    signal {binary} invalid <== toLedger - transfers - reads - wantsToSend - receives;
    signal {binary} moves <== transfers + wantsToSend;
    signal {binary} staticViolation <== moves * static;
    signal {binary} tries <== moves - staticViolation;
    signal {binary} pays <== tries * canPay;
    signal {binary} insufficient <== tries - pays;
    signal {binary} succeeds <== enabled - invalid - staticViolation - insufficient;
    signal {binary} transferred <== transfers * pays;
    sends <== pays - transferred;
    callee <== asked.chain;

    // E. On failure the old value is written back; `spent` is 0 then.
    signal spent <== pays * asked.amount;
    signal gained <== succeeds * (wei + isSigned * (1 << 128));
    component write[2];
    for (var u = 0; u < 2; u++) {
        write[u] = TreeWrite(depth);
        write[u].lowKey <== lowKey[u];
        write[u].lowNextKey <== lowNextKey[u];
        write[u].lowValue <== lowValue[u];
        write[u].lowIndex <== lowIndex[u];
        write[u].lowSiblings <== lowSiblings[u];
        write[u].insertedSiblings <== insertedSiblings[u];
    }
    write[0].key <== lookup[0].key;
    write[0].present <== lookup[0].present;
    write[0].enabled <== enabled;
    write[0].newValue <== lookup[0].value + gained - spent;
    write[0].root <== root;
    write[0].size <== size;

    // F. Read after the first account was written, so paying oneself changes nothing.
    signal {binary} hasSecond <== transferred + reads;
    signal {maxbit} askedKey <== AccountKey()(asked.chain, asked.address);
    lookup[1].key <== Gate(ACCOUNT_KEY_BITS())(hasSecond, askedKey);
    account[1].value <== lookup[1].value;
    signal moved <== transfers * spent;
    component secondBalance = ToBits(128);
    secondBalance.in <== account[1].balance + moved;  // prevents an overflow into the nonce
    write[1].key <== lookup[1].key;
    write[1].present <== lookup[1].present;
    write[1].enabled <== hasSecond;
    write[1].newValue <== lookup[1].value + moved;
    write[1].root <== write[0].rootAfter;
    write[1].size <== write[0].sizeAfter;
    rootAfter <== write[1].rootAfter;
    sizeAfter <== write[1].sizeAfter;

    // G. Of a signed transaction `gas` is 0.
    signal {maxbit} sentGas;
    sentGas.maxbit = 32;
    sentGas <== sends * (limit + isSigned * OUTGOING_GAS());
    component answer = OperationOutput();
    answer.enabled <== enabled;
    answer.sends <== sends;
    answer.transferred <== transferred;
    answer.readsBalance <== reads;
    answer.invalid <== invalid;
    answer.staticViolation <== staticViolation;
    answer.insufficient <== insufficient;
    answer.rollup <== rollup;
    answer.from <== caller;
    answer.chain <== asked.chain;
    answer.address <== asked.address;
    answer.sent <== spent - moved;
    answer.gas <== sentGas;
    for (var i = 0; i < MAX_PAYLOAD(); i++) {
        answer.payload[i] <== calldata[164 + i];
    }
    answer.payloadLength <== asked.payloadLength;
    answer.balance <== account[1].balance;
    answer.balanceLowByte <== account[1].balanceLowByte;
    answer.availableBits <== availableBits.out;
    for (var i = 0; i < 32; i++) {
        answer.amount[i] <== calldata[68 + i];
    }
    outWords <== answer.words;
    outPresent <== answer.present;
}
