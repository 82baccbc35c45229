// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "solady/src/tokens/ERC20.sol";

/// @title A club that admits accounts that hold enough of a token at that moment
contract HoldersClub {
    /// @notice Thrown when the applicant holds less than the minimum.
    error NotEnough(address applicant, uint256 balance, uint256 minimum);

    event Admitted(address indexed member, uint256 number);

    ERC20 public immutable TOKEN;
    uint256 public immutable MINIMUM;

    /// @notice The member's number, from 1; 0 for an account that is none.
    mapping(address member => uint256 number) public memberNumber;
    uint256 public members;

    constructor(ERC20 token, uint256 minimum) {
        TOKEN = token;
        MINIMUM = minimum;
    }

    /// @notice Admits the caller.
    /// @return number The member's number.
    function join() external returns (uint256 number) {
        uint256 balance = TOKEN.balanceOf(msg.sender);
        if (balance < MINIMUM) revert NotEnough(msg.sender, balance, MINIMUM);
        number = ++members;
        memberNumber[msg.sender] = number;
        emit Admitted(msg.sender, number);
    }
}
