// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

// The points of the development set-up (docs/spec.md section 6) by their `keccak256`, coordinates of 32
// bytes, G2 imaginary parts first. The secrets behind them are public: a key that has one of them can be
// forged. Tests derive them again.

// α of every development key.
bytes32 constant DEVELOPMENT_ALPHA = 0x2c77c6401af51a2fae3d23b2bba80db7c33afbee1b7c9ff0ad7885ffc993baf8;
// β of every development key.
bytes32 constant DEVELOPMENT_BETA = 0x0d2aa852a5d9b371063fa2c11a3b4a4fb73d01f32ae1335c44cb22b30520673a;
// [τ]₂ of the development powers of tau.
bytes32 constant DEVELOPMENT_TAU = 0xe8e11740318427d123d1275b52b308ce020f3bab052f51653d05e859c9bc6efe;
