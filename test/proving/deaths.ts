/** Environment variable with the file that holds the number of jobs on which a thread still has to die. */
export const DEATHS_VARIABLE = "LOCKSTEP_TEST_DEATHS";
