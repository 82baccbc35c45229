// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title A price that its owner sets and contracts on all chains read
contract PriceFeed {
    /// @notice Thrown when an account other than the owner sets the price.
    error NotOwner(address caller);

    event PriceSet(uint256 price);

    /// @notice Who sets the price: an account of this chain, or the proxy of one of another.
    address public immutable OWNER;
    /// @notice A feed of another chain in which {priceInQuote} is denominated, or its proxy; zero if there is
    /// none.
    PriceFeed public immutable QUOTE;

    /// @notice The price, with 18 decimals.
    uint256 public price;

    constructor(address owner, PriceFeed quote, uint256 initialPrice) {
        OWNER = owner;
        QUOTE = quote;
        price = initialPrice;
    }

    function setPrice(uint256 newPrice) external {
        if (msg.sender != OWNER) revert NotOwner(msg.sender);
        price = newPrice;
        emit PriceSet(newPrice);
    }

    /// @notice This price in units of the other feed's, which is read where that feed lives.
    function priceInQuote() external view returns (uint256) {
        return (price * 1e18) / QUOTE.price();
    }
}
