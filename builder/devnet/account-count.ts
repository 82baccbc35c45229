/** How many accounts users have on a devnet that is told nothing else. */
export const ACCOUNT_COUNT = 10;
