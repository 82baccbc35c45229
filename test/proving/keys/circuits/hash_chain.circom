pragma circom 2.1.0;

include "circomlib/circuits/poseidon.circom";

// Claim: commitment is the end of a chain of `length` hashes that starts at `secret` and takes in `challenge` at
// each link, and evaluation = secret * challenge. About 240 constraints per link: a circuit of any size for timing.
template HashChain(length) {
    signal input challenge;
    signal input evaluation;
    signal input secret;
    signal output commitment;

    component link[length];
    for (var i = 0; i < length; i++) {
        link[i] = Poseidon(2);
        link[i].inputs[0] <== i == 0 ? secret : link[i - 1].out;
        link[i].inputs[1] <== challenge;
    }
    commitment <== link[length - 1].out;
    evaluation === secret * challenge;
}
