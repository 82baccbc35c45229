/** Values, errors and strangers' texts as a person reads them, in a terminal and on a page. */
export { wellFormedAbi } from "./abi.ts";
export { AbiIndex } from "./abi-index.ts";
export { callInWords, type DecodedCall, errorInWords, resultInWords } from "./outcomes.ts";
export { plainText, quotedText, visibleJson } from "./plain-text.ts";
export {
  type AddressText,
  type Argument,
  argumentsInWords,
  bytesInWords,
  etherInWords,
  valueInWords,
} from "./values.ts";
