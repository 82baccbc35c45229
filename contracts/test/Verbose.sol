// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: answers with as many zero bytes as its calldata says
contract Verbose {
    fallback() external payable {
        uint256 size = abi.decode(msg.data, (uint256));
        assembly {
            // Memory up there is still zero.
            return(0x1000, size)
        }
    }
}
