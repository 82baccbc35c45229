pragma circom 2.1.0;

// Claim: none. Its part of the bus is what its prover says, so that a test can balance anything that L1 sends.
// Constraints: 1.
template BusAny() {
    signal input beta;
    signal input gamma;
    // Committed to, since a key has something to commit to.
    signal input value;
    signal input total;
    signal output sum;

    signal square <== value * value;
    sum <== total;
}
