/** Names that objects of every kind share. */

/** `"true"`: the controller leaves the object and its children as they are. */
export const PAUSED_ANNOTATION = "pitboss.dev/paused";

/** On everything that is made for a Game, and its pods; informers select by it. */
export const GAME_LABEL = "pitboss.dev/game";
