/** Names that objects of every kind share. */

/** `"true"`: the controller leaves the object and its children as they are. */
export const PAUSED_ANNOTATION = "pitboss.dev/paused";
