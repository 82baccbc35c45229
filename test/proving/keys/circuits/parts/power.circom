pragma circom 2.1.0;

template Cube() {
    signal input base;
    signal output cube;

    signal square <== base * base;
    cube <== square * base;
}
