pragma circom 2.1.6;

include "./hash.circom";

// Claim: `beforeParent` and `afterParent` are the parents of `before` and `after` at the same position among the same siblings.
// 2·297 + 8 constraints. The position is the only choice, so the pair shows one change and nothing else.
//
// Phases: A the position, one-hot; B the children with `before`; C with `after` in its place; D the hashes.
template TreeLevelPair() {
    signal input {binary} bit[2];  // position = bit[0] + 2·bit[1]
    signal input before;
    signal input after;
    signal input siblings[3];  // the other children, in child order
    signal output beforeParent;
    signal output afterParent;

    // A.
    signal at3 <== bit[0] * bit[1];
    var at0 = 1 - bit[0] - bit[1] + at3;
    var at1 = bit[0] - at3;

    // B. The four children are a permutation of (before, siblings), so the third follows from the sum.
    signal child0 <== siblings[0] + at0 * (before - siblings[0]);
    signal behind0 <== at0 * (siblings[0] - siblings[1]);
    signal child1 <== siblings[1] + behind0 + at1 * (before - siblings[1]);
    signal child3 <== siblings[2] + at3 * (before - siblings[2]);
    var child2 = before + siblings[0] + siblings[1] + siblings[2] - child0 - child1 - child3;

    // C.
    signal change0 <== at0 * (after - before);
    signal change1 <== at1 * (after - before);
    signal change3 <== at3 * (after - before);
    var change2 = after - before - change0 - change1 - change3;

    // D.
    beforeParent <== Hash(4)([child0, child1, child2, child3]);
    afterParent <== Hash(4)([child0 + change0, child1 + change1, child2 + change2, child3 + change3]);
}
