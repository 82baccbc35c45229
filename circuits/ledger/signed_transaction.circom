pragma circom 2.1.6;

include "../lib/at_least.circom";
include "../lib/bits.circom";
include "../lib/bytes.circom";
include "../lib/hash.circom";
include "../lib/pack.circom";
include "../lib/signature.circom";
include "constants.circom";

// Claim: if isSigned, the header is a valid signature by `signer` over nonce, deadline, calldata, this rollup, contract and EVM chain,
// and the batch is not later than the deadline, docs/spec.md section 5 "L2TX". If not, the outputs mean nothing.
// 6,113 constraints.
//
// Phases: A fields; B the signer's address; C the message; D signature; E deadline.
template SignedTransaction() {
    signal input {binary} isSigned;
    signal input {maxbit} header[L2TX_HEADER()];
    signal input {maxbit} calldata[MAX_CALLDATA()];  // 0 from `calldataLength` on, proven by the caller
    assert(header.maxbit <= 8);
    assert(calldata.maxbit <= 8);
    signal input calldataLength;
    signal input l1ChainId;
    signal input rollups;
    signal input rollup;
    signal input timestamp;  // seconds; accepted only below 2^64
    signal output {maxbit} signer;  // 160 bits
    signal output {maxbit} nonce;  // 64 bits

    // A. Five numbers of 32 bytes, taken mod p as field arithmetic does; two of 8 bytes.
    component fields[5];
    for (var f = 0; f < 5; f++) {
        fields[f] = BytesToNumber(32);
        for (var i = 0; i < 32; i++) {
            fields[f].in[i] <== header[32 * f + i];
        }
    }
    component nonceField = BytesToNumber(8);
    component deadline = BytesToNumber(8);
    for (var i = 0; i < 8; i++) {
        nonceField.in[i] <== header[160 + i];
        deadline.in[i] <== header[168 + i];
    }
    nonce <== nonceField.out;

    // B. Strict: another decomposition of the hash (plus p) would be another address of the same key.
    component hashBits = ToBitsStrict();
    hashBits.in <== Hash(2)([fields[0].out, fields[1].out]);
    component address = BitsToNumber(160);
    for (var i = 0; i < 160; i++) {
        address.in[i] <== hashBits.out[i];
    }
    signer <== address.out;

    // C.
    component words = PackWords(MAX_CALLDATA());
    words.in <== calldata;
    signal calldataHash <== Hash(14)(words.words);
    signal message <== Hash(8)([
        LEDGER_TX_DOMAIN(), l1ChainId, rollups, rollup, nonce, deadline.out, calldataLength, calldataHash
    ]);

    // D.
    component signature = Signature();
    signature.enabled <== isSigned;
    signature.Ax <== fields[0].out;
    signature.Ay <== fields[1].out;
    signature.R8x <== fields[2].out;
    signature.R8y <== fields[3].out;
    signature.S <== fields[4].out;
    signature.message <== message;

    // E.
    signal inTime <== AtLeast(64)(deadline.out, timestamp);
    isSigned * (1 - inTime) === 0;
}
