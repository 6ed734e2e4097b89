export { stakeTerms } from "../games/stakes.ts";
