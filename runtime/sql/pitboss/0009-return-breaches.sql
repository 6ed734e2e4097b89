-- What the return monitor found (operator/game/return-monitor.ts), and what people said to it. Both tables speak of a game's
-- sums in pitboss.results: whoever takes those over, in a Game that adopts the schema, takes over the breach as well.

CREATE TABLE pitboss.return_breaches (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  game text NOT NULL,
  -- The Game that played when it was found.
  uid text NOT NULL,
  currency text NOT NULL REFERENCES pitboss.currencies,
  side text NOT NULL CHECK (side IN ('paysTooMuch', 'paysTooLittle')),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- The sums that were judged; in minor units, as the deviation that chance allows for.
  rounds bigint NOT NULL,
  staked numeric NOT NULL,
  paid numeric NOT NULL,
  deviation numeric NOT NULL,
  deviation_squared numeric NOT NULL,
  allowed numeric NOT NULL,
  -- The acknowledgement that the Game carried already: it was not written for this breach.
  noted text,
  acknowledged_at timestamptz,
  -- Who looked, and what was found.
  acknowledged_with text CHECK (length(acknowledged_with) BETWEEN 10 AND 1000),
  CHECK ((acknowledged_at IS NULL) = (acknowledged_with IS NULL))
);

-- A breach stands until it is acknowledged, and is written once.
CREATE UNIQUE INDEX return_breaches_open ON pitboss.return_breaches (game, currency, side) WHERE acknowledged_at IS NULL;
CREATE INDEX return_breaches_by_note ON pitboss.return_breaches (game, acknowledged_with);

-- The sums at the last acknowledgement: only what was played after it is judged.
CREATE TABLE pitboss.return_baselines (
  game text NOT NULL,
  currency text NOT NULL,
  rounds bigint NOT NULL,
  staked numeric NOT NULL,
  paid numeric NOT NULL,
  deviation numeric NOT NULL,
  deviation_squared numeric NOT NULL,
  PRIMARY KEY (game, currency)
);

-- Closes the open breaches of a game that this note is new to, and lets judgement begin afresh in their currencies. A note
-- that was used before, or was there before the breach, closes nothing. Answers how many it closed.
CREATE FUNCTION pitboss.acknowledge_breaches(game_name text, note text) RETURNS integer
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
DECLARE
  closed text[];
BEGIN
  WITH acknowledged AS (
    UPDATE return_breaches b SET acknowledged_at = clock_timestamp(), acknowledged_with = note
     WHERE b.game = game_name AND b.acknowledged_at IS NULL AND b.noted IS DISTINCT FROM note
       AND NOT EXISTS (SELECT FROM return_breaches e WHERE e.game = game_name AND e.acknowledged_with = note)
    RETURNING b.currency
  )
  SELECT array_agg(a.currency) INTO closed FROM acknowledged AS a;
  INSERT INTO return_baselines AS l (game, currency, rounds, staked, paid, deviation, deviation_squared)
    SELECT game_name, r.currency, sum(r.rounds), sum(r.staked), sum(r.paid), sum(r.deviation), sum(r.deviation_squared)
      FROM results r WHERE r.game = game_name AND r.currency = ANY (closed) GROUP BY r.currency
    ON CONFLICT (game, currency) DO UPDATE SET
      (rounds, staked, paid, deviation, deviation_squared) =
      (excluded.rounds, excluded.staked, excluded.paid, excluded.deviation, excluded.deviation_squared);
  RETURN coalesce(cardinality(closed), 0);
END
$$;
