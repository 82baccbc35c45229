pragma circom 2.1.6;

include "../lib/action_data.circom";
include "../lib/bits.circom";
include "../lib/commitment.circom";
include "../lib/evaluation.circom";
include "../lib/pack.circom";
include "../lib/state_root.circom";
include "constants.circom";
include "operation.circom";
include "packed_word.circom";
include "result_step.circom";
include "signed_transaction.circom";

// Claim: the statement (docs/spec.md section 2) whose words have commitment `commitment` and evaluate to `evaluation` at `challenge` is one
// visit of a ledger: its actions follow from what came in, and its root after from its root before and the actions.
// `nOperations` is 1 or 2: op, result, or op, op, result, result, where the second operation re-enters while the first one's outgoing
// call is open. Constraints: see circuits/README.md.
//
// Phases: A header; B data of the operations; C operations; D results, innermost first, with what a failed outgoing call undoes;
// E the words; F commitment and evaluation.
template LedgerVisit(nOperations) {
    var depth = TREE_DEPTH();
    var firstData = L2TX_HEADER() + MAX_CALLDATA();
    var outCount = HEAD_WORDS() + wordsFor(MAX_PAYLOAD());
    var replyInCount = HEAD_WORDS() + wordsFor(MAX_RETURN());
    var replyOutCount = HEAD_WORDS() + wordsFor(MAX_ENCODED_RETURN());

    signal input commitment;  // public
    signal input challenge;  // public
    signal input evaluation;  // public

    signal input l1ChainId;  // EVM chain id of L1
    signal input rollups;  // address of the manager
    signal input rollup;  // own id; accepted only below 2^64
    signal input timestamp;  // seconds; accepted only below 2^64
    signal input blobs;  // 248 bits of the blobs' hash, or 0
    signal input treeRoot;  // before the visit
    signal input size;  // leaves before the visit

    signal input signed;  // 1 if the visit began with an L2TX
    signal input reentered[nOperations - 1];  // 1 if operation i + 1 takes place
    // The operations' incoming actions; all 0 for one that does not take place.
    signal input from[nOperations];  // chain, 64 bits
    signal input sender[nOperations];  // 160 bits
    signal input target[nOperations];  // 160 bits
    signal input value[nOperations];  // wei, 128 bits
    signal input isStatic[nOperations];  // boolean
    signal input gas[nOperations];  // 32 bits
    signal input dataLength[nOperations];  // bytes
    signal input data[firstData];  // of the first operation: bytes padded with zeros
    signal input reentrantData[nOperations - 1][MAX_CALLDATA()];  // of the other ones
    // Tree paths: [operation][0] of the account that pays or is credited, [operation][1] of the recipient or the account read.
    signal input lowKey[nOperations][2];
    signal input lowNextKey[nOperations][2];
    signal input lowValue[nOperations][2];
    signal input lowIndex[nOperations][2];
    signal input lowSiblings[nOperations][2][depth][3];
    signal input insertedSiblings[nOperations][2][depth][3];
    // The results of the operations' outgoing calls; all 0 for an operation without one.
    signal input resultFailed[nOperations];  // boolean
    signal input resultLength[nOperations];  // bytes
    signal input resultData[nOperations][MAX_RETURN()];  // bytes padded with zeros

    assert(nOperations == 1 || nOperations == 2);

    // A.
    signal {maxbit} ownId <== Ranged(64)(rollup);
    signal {binary} isSigned <== Boolean()(signed);
    signal {binary} always <== 1;
    signal {binary} never <== 0;

    // B. The calldata of an L2TX begins behind its header.
    component first = ActionData(firstData);
    first.data <== data;
    first.length <== dataLength[0];
    signal {maxbit} calldata[nOperations][MAX_CALLDATA()];
    calldata.maxbit = 8;
    for (var i = 0; i < MAX_CALLDATA(); i++) {
        calldata[0][i] <== first.bytes[i] + isSigned * (first.bytes[L2TX_HEADER() + i] - first.bytes[i]);
    }
    component others[nOperations - 1];
    for (var o = 1; o < nOperations; o++) {
        others[o - 1] = ActionData(MAX_CALLDATA());
        others[o - 1].data <== reentrantData[o - 1];
        others[o - 1].length <== dataLength[o];
        calldata[o] <== others[o - 1].bytes;
    }
    component transaction = SignedTransaction();
    transaction.isSigned <== isSigned;
    for (var i = 0; i < L2TX_HEADER(); i++) {
        transaction.header[i] <== first.bytes[i];
    }
    transaction.calldata <== calldata[0];
    transaction.calldataLength <== dataLength[0] - signed * L2TX_HEADER();
    transaction.l1ChainId <== l1ChainId;
    transaction.rollups <== rollups;
    transaction.rollup <== rollup;
    transaction.timestamp <== timestamp;

    // C.
    component operation[nOperations];
    component takesPlace[nOperations - 1];
    signal {binary} enabled[nOperations];
    signal {maxbit} nobody;
    nobody.maxbit = 0;
    nobody <== 0;
    for (var o = 0; o < nOperations; o++) {
        operation[o] = LedgerOperation();
        if (o == 0) {
            enabled[o] <== always;
            operation[o].isSigned <== isSigned;
            operation[o].calldataLength <== transaction.calldataLength;
            operation[o].signer <== transaction.signer;
            operation[o].transactionNonce <== transaction.nonce;
            operation[o].root <== treeRoot;
            operation[o].size <== size;
        } else {
            takesPlace[o - 1] = Boolean();
            takesPlace[o - 1].in <== reentered[o - 1];
            enabled[o] <== takesPlace[o - 1].out;
            enabled[o] * (1 - operation[o - 1].sends) === 0;  // prevents entering a ledger that waits for nobody
            operation[o].isSigned <== never;
            operation[o].calldataLength <== dataLength[o];
            operation[o].signer <== nobody;
            operation[o].transactionNonce <== nobody;
            operation[o].root <== operation[o - 1].rootAfter;
            operation[o].size <== operation[o - 1].sizeAfter;
        }
        operation[o].enabled <== enabled[o];
        operation[o].rollup <== ownId;
        operation[o].from <== from[o];
        operation[o].sender <== sender[o];
        operation[o].target <== target[o];
        operation[o].value <== value[o];
        operation[o].isStatic <== isStatic[o];
        operation[o].gas <== gas[o];
        operation[o].calldata <== calldata[o];
        operation[o].lowKey <== lowKey[o];
        operation[o].lowNextKey <== lowNextKey[o];
        operation[o].lowValue <== lowValue[o];
        operation[o].lowIndex <== lowIndex[o];
        operation[o].lowSiblings <== lowSiblings[o];
        operation[o].insertedSiblings <== insertedSiblings[o];
    }

    // D. Every operation that sends has its result, so the visit ends idle. A failed one restores the tree before its operation.
    component result[nOperations];
    signal finalRoot[nOperations + 1];  // [o]: after the result of operation o
    signal finalSize[nOperations + 1];
    finalRoot[nOperations] <== operation[nOperations - 1].rootAfter;
    finalSize[nOperations] <== operation[nOperations - 1].sizeAfter;
    for (var o = nOperations - 1; o >= 0; o--) {
        result[o] = ResultStep();
        result[o].enabled <== operation[o].sends;
        result[o].rollup <== ownId;
        result[o].callee <== operation[o].callee;
        result[o].caller <== operation[o].caller;
        result[o].failed <== resultFailed[o];
        result[o].length <== resultLength[o];
        result[o].data <== resultData[o];
        finalRoot[o] <== finalRoot[o + 1] + resultFailed[o] * (operation[o].root - finalRoot[o + 1]);
        finalSize[o] <== finalSize[o + 1] + resultFailed[o] * (operation[o].size - finalSize[o + 1]);
    }

    // E.
    var count = 10;
    for (var o = 0; o < nOperations; o++) {
        count += HEAD_WORDS() + wordsFor(o == 0 ? firstData : MAX_CALLDATA()) + outCount + replyInCount + replyOutCount;
    }
    signal words[count];
    component evaluated = Evaluation(count);
    signal rootBefore <== StateRoot()(treeRoot, size);
    signal rootAfter <== StateRoot()(finalRoot[0], finalSize[0]);
    var actions = 2;
    for (var o = 0; o < nOperations; o++) {
        actions += 2 * operation[o].sends;
        if (o > 0) {
            actions += 2 * reentered[o - 1];
        }
    }
    words[0] <== STATEMENT_DOMAIN();
    words[1] <== l1ChainId;
    words[2] <== rollups;
    words[3] <== rollup;
    words[4] <== timestamp;
    words[5] <== blobs;
    words[6] <== 1;  // visits
    words[7] <== rootBefore;
    words[8] <== rootAfter;
    words[9] <== actions;
    for (var w = 0; w < 10; w++) {
        evaluated.present[w] <== always;
    }
    var at = 10;
    component self[nOperations];
    component head[nOperations];
    signal {maxbit} kind[nOperations];
    kind.maxbit = 8;
    for (var o = 0; o < nOperations; o++) {
        self[o] = Gate(64);
        self[o].enabled <== enabled[o];
        self[o].in <== ownId;
        kind[o] <== o == 0 ? isSigned * KIND_L2TX() : 0;
        head[o] = PackedWord();
        head[o].kind <== kind[o];
        head[o].failed <== never;
        head[o].isStatic <== operation[o].static;
        head[o].from <== operation[o].caller;
        head[o].to <== self[o].out;
        if (o == 0) {
            head[o].length <== first.size;
        } else {
            head[o].length <== others[o - 1].size;
        }
        head[o].gas <== operation[o].limit;
        words[at] <== head[o].out;
        words[at + 1] <== sender[o];
        words[at + 2] <== target[o];
        words[at + 3] <== value[o];
        for (var w = 0; w < HEAD_WORDS(); w++) {
            evaluated.present[at + w] <== enabled[o];
        }
        at += HEAD_WORDS();
        for (var w = 0; w < wordsFor(o == 0 ? firstData : MAX_CALLDATA()); w++) {
            if (o == 0) {
                words[at] <== first.words[w];
                evaluated.present[at] <== first.present[w];
            } else {
                words[at] <== others[o - 1].words[w];
                evaluated.present[at] <== others[o - 1].present[w];
            }
            at++;
        }
        for (var w = 0; w < outCount; w++) {
            words[at] <== operation[o].outWords[w];
            evaluated.present[at] <== operation[o].outPresent[w];
            at++;
        }
    }
    for (var o = nOperations - 1; o >= 0; o--) {
        for (var w = 0; w < replyInCount; w++) {
            words[at] <== result[o].inWords[w];
            evaluated.present[at] <== result[o].inPresent[w];
            at++;
        }
        for (var w = 0; w < replyOutCount; w++) {
            words[at] <== result[o].outWords[w];
            evaluated.present[at] <== result[o].outPresent[w];
            at++;
        }
    }
    assert(at == count);

    // F.
    signal committed <== Commitment(count)(words);
    evaluated.words <== words;
    evaluated.challenge <== challenge;
    commitment === committed;
    evaluation === evaluated.out;
}
