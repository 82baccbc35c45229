// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Greeter} from "./Greeter.sol";

/// @title Shows the word of a greeter that may stand on any chain
contract GreetingBoard {
    event Greeted(address indexed by, string word);

    /// @notice The greeter, or its proxy on this chain.
    Greeter public immutable GREETER;

    /// @notice The word as it was when it was last fetched.
    string public word;

    constructor(Greeter greeter) {
        GREETER = greeter;
    }

    /// @notice Asks for the word, keeps it and announces it.
    function greet() external {
        word = GREETER.getWord();
        emit Greeted(msg.sender, word);
    }
}
