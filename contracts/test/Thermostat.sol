// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title A temperature that is set within bounds: arguments, errors and events as contracts have them
contract Thermostat {
    /// @param by Who set it.
    /// @param degrees The new temperature.
    /// @param remark Always the same.
    event TemperatureSet(address indexed by, uint256 degrees, string remark);

    /// @notice It would be warmer than this allows.
    error TooHot(uint256 degrees, uint256 most);

    uint256 private constant _MOST = 30;

    /// @notice As it was set last.
    uint256 public degrees;

    /// @return before The temperature so far.
    function set(uint256 wanted) external returns (uint256 before) {
        require(wanted != 0, "water freezes at 0 degrees");
        if (wanted > _MOST) revert TooHot(wanted, _MOST);
        before = degrees;
        degrees = wanted;
        emit TemperatureSet(msg.sender, wanted, "by hand");
    }

    /// @notice A part of two arguments, from the given byte on, as the whole answer and as an event's data.
    function partOf(uint256 first, uint256 second, uint256 from) external {
        assembly ("memory-safe") {
            mstore(add(0x80, from), second)
            mstore(0x80, first)
            log1(add(0x80, from), 37, from)
            return(add(0x80, from), 37)
        }
    }
}
