// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: fails unless it is given as much gas as its calldata says
contract GasMeter {
    fallback() external payable {
        uint256 available = gasleft();
        // A few dozen gas went into getting here.
        if (available + 200 < abi.decode(msg.data, (uint256))) revert();
    }
}
