pragma circom 2.1.6;

include "tree_level.circom";

// Claim: the tree with root `rootBefore` holds `before` at `index`, and replacing it by `after` gives `rootAfter`.
// depth·602 constraints.
template TreePathPair(depth) {
    signal input {binary} indexBits[2 * depth];  // index, least significant bit first
    signal input before;  // leaf hash, or 0 for an empty place
    signal input after;
    signal input siblings[depth][3];  // from the leaf level upwards
    signal output rootBefore;
    signal output rootAfter;

    component levels[depth];
    for (var k = 0; k < depth; k++) {
        levels[k] = TreeLevelPair();
        levels[k].bit[0] <== indexBits[2 * k];
        levels[k].bit[1] <== indexBits[2 * k + 1];
        levels[k].before <== k == 0 ? before : levels[k - 1].beforeParent;
        levels[k].after <== k == 0 ? after : levels[k - 1].afterParent;
        levels[k].siblings <== siblings[k];
    }
    rootBefore <== levels[depth - 1].beforeParent;
    rootAfter <== levels[depth - 1].afterParent;
}
