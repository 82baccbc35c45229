/** The longest code that a contract has, bytes: EIP-170, in Solidity `CodeRegistry.MAX_CODE_BYTES`. */
export const MAX_CODE_BYTES = 24_576;
