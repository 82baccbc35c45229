// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: who is who on one chain, as code
/// @notice See {FuzzInterpreter}.
contract FuzzDirectory {
    /// @param entries 48 bytes each.
    constructor(bytes memory entries) {
        bytes memory code = abi.encodePacked(hex"00", entries);
        assembly ("memory-safe") {
            return(add(code, 32), mload(code))
        }
    }
}
