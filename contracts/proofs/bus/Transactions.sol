// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Rlp, RlpReader} from "./Rlp.sol";

/// A signed Ethereum transaction.
/// @param fields By the numbers of `circuits/bus/transaction-fields.ts`.
/// @param fieldCount How many of them are known.
/// @param dataStart Where its calldata begins, in calldata. @param dataLength Bytes of it, 0 unless valid.
struct SignedTransaction {
    uint256[15] fields;
    uint256 fieldCount;
    uint256 dataStart;
    uint256 dataLength;
}

/// @title Signed Ethereum transactions
/// @notice Decodes types 0 (with EIP-155), 1 and 2 as Ethereum's nodes do, and recovers the signer. What is
/// not canonical, has trailing bytes, a high s, another chain's id or a signature of no key is invalid. That
/// says nothing of what depends on the state: nonce, balance, the sender's code, and what gas there is.
library Transactions {
    using Rlp for RlpReader;

    uint256 private constant INVALID = 0;
    uint256 private constant VALID = 1;
    uint256 private constant UNSUPPORTED = 2;

    uint256 private constant STATUS = 0;
    uint256 private constant TYPE = 1;
    uint256 private constant NONCE = 2;
    uint256 private constant MAX_FEE_PER_GAS = 3;
    uint256 private constant MAX_PRIORITY_FEE_PER_GAS = 4;
    uint256 private constant GAS_LIMIT = 5;
    uint256 private constant IS_CREATION = 6;
    uint256 private constant TO = 7;
    uint256 private constant VALUE = 8;
    uint256 private constant DATA_LENGTH = 9;
    uint256 private constant INTRINSIC_GAS = 10;
    uint256 private constant FLOOR_GAS = 11;
    uint256 private constant SIGNER = 12;
    uint256 private constant ACCESS_ADDRESSES = 13;
    uint256 private constant ACCESS_SLOTS = 14;

    uint256 private constant LEGACY = 0;
    uint256 private constant DYNAMIC_FEE = 2;
    uint256 private constant SET_CODE = 4;
    /// Where the first byte of a legacy transaction, a list, begins.
    uint256 private constant LIST = 0xc0;

    /// Half of secp256k1's order (EIP-2).
    uint256 private constant MAX_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    uint256 private constant BASE_GAS = 21_000;
    uint256 private constant CREATION_GAS = 32_000;
    uint256 private constant INIT_WORD_GAS = 2;
    uint256 private constant ACCESS_ADDRESS_GAS = 2_400;
    uint256 private constant ACCESS_SLOT_GAS = 1_900;
    /// For each zero byte of calldata, and four for each other one.
    uint256 private constant TOKEN_GAS = 4;
    uint256 private constant FLOOR_TOKEN_GAS = 10;

    /// @param data An L2TX's. @param chainId The rollup's EVM chain id.
    function decode(
        bytes calldata data,
        uint256 chainId
    ) internal pure returns (SignedTransaction memory transaction) {
        transaction.fieldCount = 1;
        if (data.length == 0) return transaction;
        uint256 kind = uint8(data[0]);
        if (kind == SET_CODE) {
            transaction.fields[STATUS] = UNSUPPORTED;
            return transaction;
        }
        if (kind >= LIST) kind = LEGACY;
        else if (kind == LEGACY || kind > DYNAMIC_FEE) return transaction;
        transaction.fields[TYPE] = kind;
        uint256 start;
        assembly ("memory-safe") {
            start := data.offset
        }
        RlpReader memory outer = RlpReader(start + (kind == LEGACY ? 0 : 1), start + data.length, true);
        RlpReader memory items = outer.list();
        if (!outer.isFinished()) return transaction;
        start = items.at;
        _readFields(transaction, items, chainId);
        if (!items.isValid) return transaction;
        bytes32 digest = _digest(kind, start, items.at, chainId);
        uint256 signer = _recover(items, digest, kind == LEGACY ? 2 * chainId + 35 : 0);
        if (signer == 0 || !items.isFinished()) return transaction;
        transaction.fields[SIGNER] = signer;
        _addGas(transaction);
        transaction.fields[STATUS] = VALID;
        transaction.fieldCount = transaction.fields.length;
        transaction.dataLength = transaction.fields[DATA_LENGTH];
    }

    /// Reads all fields that are signed.
    function _readFields(
        SignedTransaction memory transaction,
        RlpReader memory items,
        uint256 chainId
    ) private pure {
        uint256[15] memory fields = transaction.fields;
        uint256 kind = fields[TYPE];
        if (kind != LEGACY && items.integer(32) != chainId) items.isValid = false;
        fields[NONCE] = items.integer(8);
        fields[MAX_PRIORITY_FEE_PER_GAS] = items.integer(32);
        fields[MAX_FEE_PER_GAS] = kind == DYNAMIC_FEE ? items.integer(32) : fields[MAX_PRIORITY_FEE_PER_GAS];
        fields[GAS_LIMIT] = items.integer(8);
        _readTo(fields, items);
        fields[VALUE] = items.integer(32);
        (transaction.dataStart, fields[DATA_LENGTH]) = items.text();
        if (kind != LEGACY) _readAccessList(fields, items.list(), items);
    }

    function _readTo(uint256[15] memory fields, RlpReader memory items) private pure {
        uint256 at = items.at;
        (, uint256 length) = items.text();
        if (length == 0) {
            fields[IS_CREATION] = 1;
            return;
        }
        // The same item again.
        items.at = at;
        fields[TO] = items.fixedBytes(20);
    }

    /// @param all The transaction, which is invalid if its list is.
    function _readAccessList(
        uint256[15] memory fields,
        RlpReader memory list,
        RlpReader memory all
    ) private pure {
        while (list.isValid && list.at < list.end) {
            RlpReader memory entry = list.list();
            entry.fixedBytes(20);
            RlpReader memory slots = entry.list();
            while (slots.isValid && slots.at < slots.end) {
                slots.fixedBytes(32);
                fields[ACCESS_SLOTS]++;
            }
            fields[ACCESS_ADDRESSES]++;
            if (!slots.isFinished() || !entry.isFinished()) list.isValid = false;
        }
        if (!list.isFinished()) all.isValid = false;
    }

    /// What is signed: the type, and the list of all items but the signature; of type 0 with EIP-155's chain
    /// id and two zeros behind.
    /// @param start Where in calldata the first item begins.
    /// @param end Where the last one that is signed ends.
    function _digest(
        uint256 kind,
        uint256 start,
        uint256 end,
        uint256 chainId
    ) private pure returns (bytes32) {
        bytes calldata signed;
        assembly ("memory-safe") {
            signed.offset := start
            signed.length := sub(end, start)
        }
        if (kind != LEGACY)
            return keccak256(abi.encodePacked(uint8(kind), Rlp.ofListHeader(signed.length), signed));
        bytes memory tail = abi.encodePacked(Rlp.ofInteger(chainId), hex"8080");
        return keccak256(abi.encodePacked(Rlp.ofListHeader(signed.length + tail.length), signed, tail));
    }

    /// Reads v, r and s.
    /// @param parity v of an even y.
    /// @return The signer, or 0.
    function _recover(RlpReader memory items, bytes32 digest, uint256 parity) private pure returns (uint256) {
        uint256 v = items.integer(32);
        uint256 r = items.integer(32);
        uint256 s = items.integer(32);
        if (!items.isValid || s > MAX_S || v < parity || v > parity + 1) return 0;
        // Refuses r and s of 0, and r beyond the order.
        return uint160(ecrecover(digest, uint8(27 + v - parity), bytes32(r), bytes32(s)));
    }

    function _addGas(SignedTransaction memory transaction) private pure {
        uint256[15] memory fields = transaction.fields;
        uint256 length = fields[DATA_LENGTH];
        uint256 tokens = 4 * length - 3 * _zeros(transaction.dataStart, length);
        fields[FLOOR_GAS] = BASE_GAS + FLOOR_TOKEN_GAS * tokens;
        uint256 creation = CREATION_GAS + INIT_WORD_GAS * ((length + 31) / 32);
        fields[INTRINSIC_GAS] =
            BASE_GAS +
            TOKEN_GAS * tokens +
            fields[IS_CREATION] * creation +
            ACCESS_ADDRESS_GAS * fields[ACCESS_ADDRESSES] +
            ACCESS_SLOT_GAS * fields[ACCESS_SLOTS];
    }

    /// How many bytes of calldata are zero.
    function _zeros(uint256 start, uint256 length) private pure returns (uint256 count) {
        assembly ("memory-safe") {
            let ones := div(not(0), 255)
            count := length
            for {
                let at := start
                let end := add(start, length)
            } lt(at, end) {
                at := add(at, 32)
            } {
                let word := calldataload(at)
                if gt(add(at, 32), end) {
                    let missing := shl(3, sub(add(at, 32), end))
                    word := shl(missing, shr(missing, word))
                }
                // The lowest bit of each byte becomes the disjunction of all its bits.
                word := or(word, shr(4, word))
                word := or(word, shr(2, word))
                word := and(or(word, shr(1, word)), ones)
                // Their sum is the highest byte of a product.
                count := sub(count, shr(248, mul(word, ones)))
            }
        }
    }
}
