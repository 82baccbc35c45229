pragma circom 2.1.6;

include "circomlib/circuits/bitify.circom";
include "../lib/hash.circom";
include "../lib/at_least.circom";
include "../lib/pack.circom";
include "../lib/signature.circom";
include "constants.circom";

// Claim: if isSigned, the header is a valid signature by `signer` over nonce, deadline, calldata, this rollup, contract and EVM chain,
// and the batch is not later than the deadline, docs/spec.md section 5 "L2TX". If not, the outputs mean nothing.
// 6,113 constraints.
//
// Phases: A fields; B the signer's address; C the message; D signature; E deadline.
template SignedTransaction() {
    signal input isSigned;  // boolean, proven by the caller
    signal input header[L2TX_HEADER()];  // bytes, proven by the caller
    signal input calldata[MAX_CALLDATA()];  // bytes, proven by the caller; 0 from `calldataLength` on
    signal input calldataLength;
    signal input l1ChainId;
    signal input rollups;
    signal input rollup;
    signal input timestamp;  // seconds; accepted only below 2^64
    signal output signer;  // 160 bits
    signal output nonce;  // 64 bits

    // A. Five numbers of 32 bytes, taken mod p as field arithmetic does; two of 8 bytes.
    var fields[5];
    for (var f = 0; f < 5; f++) {
        fields[f] = 0;
        for (var i = 0; i < 32; i++) {
            fields[f] = fields[f] * 256 + header[32 * f + i];
        }
    }
    var nonceNumber = 0;
    var deadlineNumber = 0;
    for (var i = 0; i < 8; i++) {
        nonceNumber = nonceNumber * 256 + header[160 + i];
        deadlineNumber = deadlineNumber * 256 + header[168 + i];
    }
    nonce <== nonceNumber;
    signal deadline <== deadlineNumber;

    // B. Strict: another decomposition of the hash (plus p) would be another address of the same key.
    component hashBits = Num2Bits_strict();
    hashBits.in <== Hash(2)([fields[0], fields[1]]);
    var address = 0;
    for (var i = 0; i < 160; i++) {
        address += hashBits.out[i] * (1 << i);
    }
    signer <== address;

    // C.
    component words = PackWords(MAX_CALLDATA());
    words.in <== calldata;
    signal calldataHash <== Hash(14)(words.words);
    signal message <== Hash(8)([
        LEDGER_TX_DOMAIN(), l1ChainId, rollups, rollup, nonce, deadline, calldataLength, calldataHash
    ]);

    // D.
    component signature = Signature();
    signature.enabled <== isSigned;
    signature.Ax <== fields[0];
    signature.Ay <== fields[1];
    signature.R8x <== fields[2];
    signature.R8y <== fields[3];
    signature.S <== fields[4];
    signature.message <== message;

    // E.
    signal inTime <== AtLeast(64)(deadline, timestamp);
    isSigned * (1 - inTime) === 0;
}
