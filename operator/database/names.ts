/** Schema and role of a game: the same name, literally, so always quoted in SQL. */
export function schemaOf(game: string): string {
  // The CRD holds the same rule; here it keeps a wrong caller from reaching another schema.
  if (!/^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/.test(game)) {
    throw new RangeError(`"${game}" is not the name of a Game.`);
  }
  return `game_${game}`;
}
