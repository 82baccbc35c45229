// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FuzzChild} from "./FuzzChild.sol";
import {FuzzInterpreter} from "./FuzzInterpreter.sol";

/// @title FOR TESTS ONLY: an actor of the property test
contract FuzzActor is FuzzInterpreter {
    constructor(address directory) payable FuzzInterpreter(directory) {}

    function _create(
        bool isSalted,
        uint256 value,
        bytes memory script
    ) internal override returns (address child, bytes memory data) {
        bytes memory code = abi.encodePacked(type(FuzzChild).creationCode, abi.encode(DIRECTORY, script));
        uint256 salt = _childCount;
        assembly ("memory-safe") {
            switch isSalted
            case 0 {
                child := create(value, add(code, 32), mload(code))
            }
            default {
                child := create2(value, add(code, 32), mload(code), salt)
            }
            data := mload(64)
            mstore(data, returndatasize())
            returndatacopy(add(data, 32), 0, returndatasize())
            mstore(64, add(add(data, 32), and(add(returndatasize(), 31), not(31))))
        }
    }
}
