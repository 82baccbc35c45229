// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @return Whether this is a chain on one machine, where what is insecure does no harm: Hardhat's and Anvil's
/// EVM chain id, or Ganache's and Geth's.
function isLocalChain() view returns (bool) {
    return block.chainid == 31337 || block.chainid == 1337;
}
