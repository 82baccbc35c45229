pragma circom 2.1.6;

include "circomlib/circuits/poseidon_constants.circom";

// x^5. 3 constraints.
template Quintic() {
    signal input in;
    signal output out;

    signal square <== in * in;
    signal fourth <== square * square;
    out <== fourth * in;
}

// Claim: `out` = H_n(inputs): circomlib's Poseidon, with its constants (the optimised form, whose matrices are sparse in the
// partial rounds) and 3 constraints for each S-box. 240 constraints for n = 2, 261 for 3, 297 for 4, 609 for 16.
// circomlib makes a component of every linear layer and hands it all of the constants: most of a witness's time.
template Hash(n) {
    signal input inputs[n];
    signal output out;

    var t = n + 1;
    // By t - 2; all have 8 full rounds.
    var partialRounds[16] = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];
    var partial = partialRounds[t - 2];
    var C[8 * t + partial] = POSEIDON_C(t);
    var S[partial * (2 * t - 1)] = POSEIDON_S(t);
    var M[t][t] = POSEIDON_M(t);
    var P[t][t] = POSEIDON_P(t);

    // Linear in the outputs of the S-boxes so far.
    var state[t];
    var next[t];
    state[0] = C[0];
    for (var i = 1; i < t; i++) {
        state[i] = inputs[i - 1] + C[i];
    }

    component full[8][t];
    component boxes[partial];
    var constant = t;
    for (var r = 0; r < 8; r++) {
        for (var i = 0; i < t; i++) {
            full[r][i] = Quintic();
            full[r][i].in <== state[i];
            state[i] = full[r][i].out;
            if (r < 7) {
                state[i] += C[constant];
                constant++;
            }
        }
        for (var i = 0; i < t; i++) {
            next[i] = 0;
            for (var j = 0; j < t; j++) {
                next[i] += (r == 3 ? P[j][i] : M[j][i]) * state[j];
            }
        }
        for (var i = 0; i < t; i++) {
            state[i] = next[i];
        }
        if (r == 3) {
            for (var k = 0; k < partial; k++) {
                boxes[k] = Quintic();
                boxes[k].in <== state[0];
                var box = boxes[k].out + C[constant];
                constant++;
                var row = (2 * t - 1) * k;
                next[0] = S[row] * box;
                for (var i = 1; i < t; i++) {
                    next[0] += S[row + i] * state[i];
                    state[i] += S[row + t + i - 1] * box;
                }
                state[0] = next[0];
            }
        }
    }
    out <== state[0];
}
