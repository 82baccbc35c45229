pragma circom 2.1.6;

include "constants.circom";

// Claim: `out` is the key of an account, docs/spec.md section 5. No constraint (linear). Injective, because both keep to their widths.
template AccountKey() {
    signal input {maxbit} chain;
    signal input {maxbit} address;
    assert(chain.maxbit <= 64);
    assert(address.maxbit <= 160);
    signal output {maxbit} out;
    out.maxbit = ACCOUNT_KEY_BITS();

    out <== chain * (1 << 160) + address;
}
