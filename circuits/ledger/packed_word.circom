pragma circom 2.1.6;

// Claim: `out` is the first word of an action, docs/spec.md section 2. No constraint (linear).
// Injective, because the caller proves each width.
template PackedWord() {
    signal input kind;  // 8 bits
    signal input failed;  // boolean
    signal input isStatic;  // boolean
    signal input from;  // 64 bits
    signal input to;  // 64 bits
    signal input length;  // 32 bits
    signal input gas;  // 32 bits
    signal output out;

    out <== kind + failed * (1 << 8) + isStatic * (1 << 16) + from * (1 << 32) + to * (1 << 96) + length * (1 << 160)
        + gas * (1 << 192);
}
