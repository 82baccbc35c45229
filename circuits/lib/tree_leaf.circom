pragma circom 2.1.6;

include "./hash.circom";

// Claim: `out` = H_3(key, nextKey, value), the hash of a leaf. Never 0 (an empty place) unless Poseidon is broken.
// 261 constraints.
template LeafHash() {
    signal input key;
    signal input nextKey;  // 0 at the end of the list
    signal input value;
    signal output out;

    out <== Hash(3)([key, nextKey, value]);
}
