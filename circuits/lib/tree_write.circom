pragma circom 2.1.6;

include "bits.circom";
include "equality.circom";
include "tree_leaf.circom";
include "tree_path.circom";

// Claim: `rootAfter`, `sizeAfter` is the tree after upsert(key, newValue) to (`root`, `size`), docs/spec.md section 4. If not enabled, the
// tree stays and every other input is 0. `present` is TreeLookup's answer for the same leaf. 20,224 constraints at depth 16.
//
// A full tree (4^depth leaves) takes no new leaf; its leaves can be read and changed like those of any other.
//
// Phases: A what happens; B the low leaf is in the tree, and is changed; C the place at index `size` is empty, and gets the new leaf;
// D inputs without meaning are 0.
template TreeWrite(depth) {
    assert(depth <= 126);
    signal input {binary} enabled;
    signal input {binary} present;  // 1 if not enabled
    signal input key;
    signal input newValue;
    signal input lowKey;
    signal input lowNextKey;
    signal input lowValue;
    signal input lowIndex;  // 2·depth bits
    signal input lowSiblings[depth][3];  // path of the low leaf before the write
    signal input insertedSiblings[depth][3];  // path of the new leaf after the low leaf was changed; 0 if nothing is inserted
    signal input root;  // of the tree
    signal input size;  // number of leaves; accepted only in [1, 4^depth], and below 4^depth if a leaf is inserted
    signal output rootAfter;
    signal output sizeAfter;

    // A.
    signal isZero <== EqualsZero()(newValue);
    signal insert <== (1 - present) * (1 - isZero);

    // B. A key that is absent with value 0 changes nothing: the low leaf is written back as it was.
    component lowIndexBits = ToBits(2 * depth);
    lowIndexBits.in <== lowIndex;
    signal nextKeyAfter <== lowNextKey + insert * (key - lowNextKey);
    signal valueAfter <== lowValue + present * (newValue - lowValue);
    component low = TreePathPair(depth);
    low.indexBits <== lowIndexBits.out;
    low.before <== LeafHash()(lowKey, lowNextKey, lowValue);
    low.after <== LeafHash()(lowKey, nextKeyAfter, valueAfter);
    low.siblings <== lowSiblings;
    enabled * (low.rootBefore - root) === 0;  // prevents a low leaf that is not in the tree
    signal middle <== root + enabled * (low.rootAfter - root);

    // C. The last place of the tree after the write: `size` if a leaf is inserted.
    sizeAfter <== size + insert;
    component lastBits = ToBits(2 * depth);
    lastBits.in <== sizeAfter - 1;  // prevents a size that no later write could take: with `size` here, a full tree would be frozen
    component inserted = TreePathPair(depth);
    inserted.indexBits <== lastBits.out;  // prevents a free choice of place: the root follows from the sequence of upserts
    inserted.before <== 0;
    inserted.after <== LeafHash()(key, lowNextKey, newValue);
    inserted.siblings <== insertedSiblings;
    insert * (inserted.rootBefore - middle) === 0;  // prevents overwriting a leaf
    rootAfter <== middle + insert * (inserted.rootAfter - middle);

    // D.
    (1 - enabled) * (1 - present) === 0;
    (1 - enabled) * key === 0;
    (1 - enabled) * newValue === 0;
    (1 - enabled) * lowKey === 0;
    (1 - enabled) * lowNextKey === 0;
    (1 - enabled) * lowValue === 0;
    (1 - enabled) * lowIndex === 0;
    for (var k = 0; k < depth; k++) {
        for (var s = 0; s < 3; s++) {
            (1 - enabled) * lowSiblings[k][s] === 0;
            (1 - insert) * insertedSiblings[k][s] === 0;
        }
    }
}
