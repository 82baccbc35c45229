// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: the ledger as it would be on one chain
/// @notice Written from docs/spec.md section 5 alone. All accounts are at home on this chain, whose number is
/// 0.
contract FuzzLedger {
    error InvalidCalldata();
    error StaticCallViolation();
    error InsufficientBalance(uint256 available, uint256 amount);

    uint256 private constant PROBE_GAS = 2_000;
    bytes4 private constant TRANSFER = bytes4(keccak256("transfer(uint256,address,uint256)"));
    bytes4 private constant BALANCE_OF = bytes4(keccak256("balanceOf(uint256,address)"));
    bytes4 private constant SEND = bytes4(keccak256("send(uint256,address,uint256,bytes)"));

    mapping(address account => uint256) private _balances;

    /// Balances of several accounts, for the comparison.
    function balancesOf(address[] calldata accounts) external view returns (uint256[] memory balances) {
        balances = new uint256[](accounts.length);
        for (uint256 i = 0; i < accounts.length; i++) balances[i] = _balances[accounts[i]];
    }

    /// Succeeds where state may be changed.
    function probe() external {
        assembly {
            tstore(0, 0)
        }
    }

    receive() external payable {
        _credit();
    }

    fallback(bytes calldata data) external payable returns (bytes memory) {
        _credit();
        bytes4 selector = bytes4(data);
        bool isChange = selector == TRANSFER || selector == SEND;
        if (data.length < 68 || (!isChange && selector != BALANCE_OF)) revert InvalidCalldata();
        if (_word(data, 0) >> 64 != 0 || _word(data, 1) >> 160 != 0) revert InvalidCalldata();
        address who = address(uint160(_word(data, 1)));
        if (selector == BALANCE_OF) {
            if (data.length != 68) revert InvalidCalldata();
            return abi.encode(_balances[who]);
        }
        if (data.length < 100) revert InvalidCalldata();
        uint256 amount = _word(data, 2);
        if (selector == TRANSFER) {
            if (data.length != 100) revert InvalidCalldata();
            _spend(amount);
            _balances[who] += amount;
            return abi.encode(true);
        }
        return _send(data, who, amount);
    }

    /// Writes nothing for nothing: the frame may be static.
    function _credit() private {
        if (msg.value != 0) _balances[msg.sender] += msg.value;
    }

    function _send(bytes calldata data, address who, uint256 amount) private returns (bytes memory) {
        if (data.length < 164 || _word(data, 3) != 128) revert InvalidCalldata();
        uint256 length = _word(data, 4);
        if (length >> 32 != 0 || data.length != 164 + ((length + 31) / 32) * 32) revert InvalidCalldata();
        _spend(amount);
        (bool success, bytes memory answer) = who.call{value: amount}(data[164:164 + length]);
        if (!success) {
            assembly {
                revert(add(answer, 32), mload(answer))
            }
        }
        return abi.encode(answer);
    }

    function _spend(uint256 amount) private {
        (bool isLive, ) = address(this).call{gas: PROBE_GAS}(abi.encodeCall(this.probe, ()));
        if (!isLive) revert StaticCallViolation();
        uint256 available = _balances[msg.sender];
        if (amount > available) revert InsufficientBalance(available, amount);
        _balances[msg.sender] = available - amount;
    }

    function _word(bytes calldata data, uint256 index) private pure returns (uint256) {
        return uint256(bytes32(data[4 + 32 * index:]));
    }
}
