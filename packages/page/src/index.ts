/** The page that shows a transaction on all chains. */
export {};
