pragma circom 2.1.6;

include "bits.circom";
include "equality.circom";

// Claim: if the leaf (lowKey, lowNextKey, lowValue) is in the tree, then `present` says whether `key` is, and `value` is what it
// holds (0 if absent). That the leaf is in the tree is TreeWrite's claim about the same leaf. 2·keyBits + 10 constraints.
//
// The list of leaves is sorted and linked, so a key strictly between a leaf's key and its successor's is absent. Keys in the tree are
// below 2^keyBits by induction: the first leaf's is 0, and only keys the caller has range-checked are inserted.
//
// Phases: A presence; B for an absent key the order lowKey < key < lowNextKey (lowNextKey = 0 ends the list).
template TreeLookup(keyBits) {
    assert(keyBits <= 252);
    signal input {maxbit} key;
    assert(key.maxbit <= keyBits);
    signal input lowKey;  // the greatest key of the tree ≤ key
    signal input lowNextKey;
    signal input lowValue;
    signal output {binary} present;
    signal output value;

    // A.
    present <== Equals()(key, lowKey);
    value <== present * lowValue;

    // B.
    signal endOfList <== EqualsZero()(lowNextKey);
    signal bounded <== (1 - present) * (1 - endOfList);
    component above = ToBits(keyBits);
    component below = ToBits(keyBits);
    above.in <== (1 - present) * (key - lowKey - 1);  // prevents a low leaf behind the key
    below.in <== bounded * (lowNextKey - key - 1);  // prevents skipping the key's own leaf
}
