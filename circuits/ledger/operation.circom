pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";
include "../lib/at_least.circom";
include "../lib/equality.circom";
include "../lib/tree_lookup.circom";
include "../lib/tree_write.circom";
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
    var addressSpace = 1 << 160;
    signal input enabled;  // boolean, proven by the caller
    signal input isSigned;  // boolean, proven by the caller; an L2TX instead of a CALL
    signal input rollup;  // 64 bits, proven by the caller
    signal input from;  // accepted only below 2^64
    signal input sender;  // accepted only below 2^160
    signal input target;  // accepted only below 2^160
    signal input value;  // wei; accepted only below 2^128
    signal input isStatic;  // accepted only if boolean
    signal input gas;  // for callees on L1; accepted only below 2^32
    signal input calldata[MAX_CALLDATA()];  // bytes, proven by the caller; 0 from `calldataLength` on
    signal input calldataLength;  // accepted only in [0, MAX_CALLDATA]
    signal input signer;  // of an L2TX, 160 bits, proven by the caller
    signal input transactionNonce;  // of an L2TX, 64 bits, proven by the caller
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
    signal output sends;  // boolean: the answer is a CALL
    signal output callee;  // chain of that CALL
    signal output outWords[outCount];
    signal output outPresent[outCount];

    // A. An L2TX has empty fields and comes from L1; a disabled operation has no fields at all.
    component fromRange = Num2Bits(64);
    component senderRange = Num2Bits(160);
    component targetRange = Num2Bits(160);
    component valueRange = Num2Bits(128);
    component gasRange = Num2Bits(32);
    fromRange.in <== from;
    senderRange.in <== sender;
    targetRange.in <== target;
    valueRange.in <== value;
    gasRange.in <== gas;
    isStatic * (isStatic - 1) === 0;
    isStatic * value === 0;
    signal isCall <== enabled - isSigned;
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
    signal callsLedger <== Equals()(target, LEDGER_ADDRESS());  // 0 unless isCall, as target is 0 then
    signal codeless <== isCall - callsLedger;
    signal toLedger <== callsLedger + isSigned;
    signal transfers <== toLedger * asked.isTransfer;
    signal reads <== toLedger * asked.isBalanceOf;
    signal wantsToSend <== toLedger * asked.isSend;
    signal receives <== callsLedger * asked.isEmpty;
    isSigned * (1 - asked.knowsSelector) === 0;

    // C.
    signal callerKey <== callsLedger * (from * addressSpace + sender);
    signal codelessKey <== codeless * (rollup * addressSpace + target);
    signal signerKey <== isSigned * (rollup * addressSpace + signer);
    component lookup[2];
    component account[2];
    for (var u = 0; u < 2; u++) {
        lookup[u] = TreeLookup(ACCOUNT_KEY_BITS());
        lookup[u].lowKey <== lowKey[u];
        lookup[u].lowNextKey <== lowNextKey[u];
        lookup[u].lowValue <== lowValue[u];
        account[u] = AccountValue();
    }
    lookup[0].key <== callerKey + codelessKey + signerKey;
    account[0].value <== lookup[0].value;
    isSigned * (transactionNonce - account[0].nonce) === 0;
    signal lastNonce <== Equals()(account[0].nonce, (1 << 64) - 1);
    isSigned * lastNonce === 0;  // prevents the next nonce from overflowing

    // D. In the order of the specification: calldata, static, balance. OperationOutput proves `available` < 2^128.
    signal available <== account[0].balance + value;
    signal covered <== AtLeastUnchecked(128)(available, asked.amount);
    signal canPay <== asked.amountFits * covered;
    signal invalid <== toLedger - transfers - reads - wantsToSend - receives;
    signal moves <== transfers + wantsToSend;
    signal staticViolation <== moves * isStatic;
    signal tries <== moves - staticViolation;
    signal pays <== tries * canPay;
    signal insufficient <== tries - pays;
    signal succeeds <== enabled - invalid - staticViolation - insufficient;
    signal transferred <== transfers * pays;
    sends <== pays - transferred;
    callee <== asked.chain;

    // E. On failure the old value is written back; `spent` is 0 then.
    signal spent <== pays * asked.amount;
    signal gained <== succeeds * (value + isSigned * (1 << 128));
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
    signal hasSecond <== transferred + reads;
    lookup[1].key <== hasSecond * (asked.chain * addressSpace + asked.address);
    account[1].value <== lookup[1].value;
    signal moved <== transfers * spent;
    component secondBalance = Num2Bits(128);
    secondBalance.in <== account[1].balance + moved;  // prevents an overflow into the nonce
    write[1].key <== lookup[1].key;
    write[1].present <== lookup[1].present;
    write[1].enabled <== hasSecond;
    write[1].newValue <== lookup[1].value + moved;
    write[1].root <== write[0].rootAfter;
    write[1].size <== write[0].sizeAfter;
    rootAfter <== write[1].rootAfter;
    sizeAfter <== write[1].sizeAfter;

    // G.
    component answer = OperationOutput();
    answer.enabled <== enabled;
    answer.sends <== sends;
    answer.transferred <== transferred;
    answer.readsBalance <== reads;
    answer.invalid <== invalid;
    answer.staticViolation <== staticViolation;
    answer.insufficient <== insufficient;
    answer.rollup <== rollup;
    answer.from <== from;
    answer.chain <== asked.chain;
    answer.address <== asked.address;
    answer.sent <== spent - moved;
    answer.gas <== sends * (gas + isSigned * OUTGOING_GAS());
    for (var i = 0; i < MAX_PAYLOAD(); i++) {
        answer.payload[i] <== calldata[164 + i];
    }
    answer.payloadLength <== asked.payloadLength;
    answer.balance <== account[1].balance;
    answer.balanceLowByte <== account[1].balanceLowByte;
    answer.available <== available;
    for (var i = 0; i < 32; i++) {
        answer.amount[i] <== calldata[68 + i];
    }
    outWords <== answer.words;
    outPresent <== answer.present;
}
