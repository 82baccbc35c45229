pragma circom 2.1.6;

include "./hash.circom";

// Claim: `out` = H_2(treeRoot, size), the state root. 240 constraints.
template StateRoot() {
    signal input treeRoot;  // root of the tree of depth 16
    signal input size;  // number of leaves
    signal output out;

    out <== Hash(2)([treeRoot, size]);
}
