// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: pays as contracts did before EIP-1884, with 2,300 gas for who is paid
contract OldPayer {
    receive() external payable {}

    function pay(address payable to, uint256 amount) external {
        to.transfer(amount);
    }

    /// @return success Whether it was taken.
    function offer(address payable to, uint256 amount) external returns (bool success) {
        // solhint-disable-next-line check-send-result
        success = to.send(amount);
    }

    function payWithGas(address payable to, uint256 amount, uint256 gasLimit) external {
        (bool success, ) = to.call{value: amount, gas: gasLimit}("");
        require(success, "not taken");
    }
}
