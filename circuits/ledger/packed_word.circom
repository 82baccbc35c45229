pragma circom 2.1.6;

// Claim: `out` is the first word of an action, docs/spec.md section 2. No constraint (linear).
// Injective, because each field keeps to its width.
template PackedWord() {
    signal input {maxbit} kind;
    signal input {binary} failed;
    signal input {binary} isStatic;
    signal input {maxbit} from;
    signal input {maxbit} to;
    signal input {max} length;
    signal input {maxbit} gas;
    assert(kind.maxbit <= 8);
    assert(from.maxbit <= 64);
    assert(to.maxbit <= 64);
    assert(length.max < 1 << 32);
    assert(gas.maxbit <= 32);
    signal output out;

    out <== kind + failed * (1 << 8) + isStatic * (1 << 16) + from * (1 << 32) + to * (1 << 96) + length * (1 << 160)
        + gas * (1 << 192);
}
