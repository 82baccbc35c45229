pragma circom 2.1.6;

// Claim: none. A circuit for timing provers, of exactly the size that fills a domain of 2^power: 2^power - 4 constraints (three public
// signals and the constant take a row each) and 2^power + 60 wires.
//
// Each wire is the product of two linear combinations of earlier ones, plus an earlier one: 6 terms in a, 11 in b, 2 in c, as many as circom
// leaves of the ledger's circuit (6.5, 11.3, 2.2). Nothing can be simplified away. It is a bit harder than a ledger of its size: every wire
// is a full-size number and stands in a, b and c, while a fifth of a ledger's wires are 0 and three in ten do not stand in b.
template Chain(power) {
    var constraints = 2 ** power - 4;
    // As far back as the terms reach, so that the first wires need no exception.
    var reach = 64;
    var termsA = 6;
    var termsB = 11;

    signal input commitment;  // public
    signal input challenge;  // public
    signal input evaluation;  // public
    signal input seed[reach - 3];  // any numbers

    signal wire[reach + constraints];
    wire[0] <== commitment;
    wire[1] <== challenge;
    wire[2] <== evaluation;
    for (var i = 3; i < reach; i++) {
        wire[i] <== seed[i - 3];
    }

    for (var i = reach; i < reach + constraints; i++) {
        // Distances of different terms differ, or terms would merge.
        var a = 0;
        for (var term = 0; term < termsA; term++) {
            a += (term + 1) * wire[i - 1 - 10 * term];
        }
        var b = 0;
        for (var term = 0; term < termsB; term++) {
            b += (term + 3) * wire[i - 2 - 6 * term];
        }
        wire[i] <== a * b + wire[i - reach];
    }
}
