// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Holds a word for others to ask for
contract Greeter {
    string private _word;

    constructor(string memory word) {
        _word = word;
    }

    function setWord(string calldata word) external {
        _word = word;
    }

    function getWord() external view returns (string memory) {
        return _word;
    }
}
