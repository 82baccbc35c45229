pragma circom 2.1.0;

// Claim: none. Its part of the bus, and its product for slot 0, are what its prover says: so what L1 makes of them is
// tested alone.
// Constraints: 1.
template BusAnySlot() {
    signal input beta;
    signal input gamma;
    // Committed to, since a key has something to commit to.
    signal input value;
    signal input total;
    signal input factor;
    signal output sum;
    signal output product;

    signal square <== value * value;
    sum <== total;
    product <== factor;
}
