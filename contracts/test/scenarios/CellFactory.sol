// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Cell} from "./Cell.sol";

/// @title FOR TESTS ONLY: creates cells where their salt says
contract CellFactory {
    uint256 public count;

    function create(bytes32 salt) external returns (Cell cell) {
        cell = new Cell{salt: salt}();
        ++count;
    }

    function cellOf(bytes32 salt) external view returns (address) {
        bytes32 code = keccak256(type(Cell).creationCode);
        bytes32 hash = keccak256(abi.encodePacked(bytes1(0xff), address(this), salt, code));
        return address(uint160(uint256(hash)));
    }
}
