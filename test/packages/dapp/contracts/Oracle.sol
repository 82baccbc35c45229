// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What a share costs, in tokens with 18 decimals.
contract Oracle {
    uint256 private _price = 1e18;
    bool private _isDown;

    error OracleDown();

    function price() external view returns (uint256) {
        require(!_isDown, OracleDown());
        return _price;
    }

    function set(uint256 price_) external {
        _price = price_;
    }

    function stop() external {
        _isDown = true;
    }
}
