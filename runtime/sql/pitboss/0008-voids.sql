-- Voids: an administrator takes a round back, open or settled. The stakes go back to the player, what was paid goes back to
-- the house, and the journal says who did it, why, and what the balance was before and after (GLI-19 v3.0, 2.8.8).

CREATE TABLE pitboss.voids (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  -- The casino's own name of the void: it is done once.
  reference text NOT NULL UNIQUE CHECK (length(reference) BETWEEN 1 AND 255),
  game text NOT NULL,
  round uuid NOT NULL,
  -- What the round was until then.
  was text NOT NULL CHECK (was IN ('open', 'settled')),
  player text NOT NULL,
  currency text NOT NULL REFERENCES pitboss.currencies,
  -- All debits of the round, and what it had paid; nothing while it was open.
  staked numeric(38, 0) NOT NULL CHECK (staked > 0),
  payout numeric(38, 0) CHECK (payout >= 0),
  -- Positive: to the player.
  amount numeric(38, 0) NOT NULL GENERATED ALWAYS AS (staked - coalesce(payout, 0)) STORED,
  balance_before numeric(38, 0) NOT NULL CHECK (balance_before >= 0),
  balance_after numeric(38, 0) NOT NULL CHECK (balance_after >= 0),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  -- `sub` of the token.
  voided_by text NOT NULL CHECK (length(voided_by) BETWEEN 1 AND 255),
  at timestamptz NOT NULL,
  UNIQUE (game, round),
  CHECK ((was = 'open') = (payout IS NULL)),
  CHECK (balance_after = balance_before + staked - coalesce(payout, 0))
);

CREATE INDEX voids_by_game ON pitboss.voids (game, id);

CREATE FUNCTION pitboss.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
BEGIN
  RAISE insufficient_privilege USING MESSAGE = format('%s is a journal: rows are added to it, never changed', TG_TABLE_NAME);
END
$$;

-- For the table's owner too.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON pitboss.voids
  FOR EACH STATEMENT EXECUTE FUNCTION pitboss.refuse_change();

-- For the lobby alone: with a game's role a void would mint refunds. It works in the game's own schema, also in one that was
-- released, for disputes outlive games; where the schema was dropped the rounds are gone. status: created, replayed,
-- reference_mismatch, unknown_game, unknown_round, round_voided, insufficient_funds (`missing` of `currency`, and nothing
-- has changed).
CREATE FUNCTION pitboss.void_round(
  of_game text, of_round uuid, for_reason text, by_whom text, by_reference text,
  OUT status text, OUT entry uuid, OUT missing numeric, OUT currency text, OUT digits smallint
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pitboss, pg_temp
-- A round is in hand for milliseconds. Whoever stole a game's role can hold one for longer, and must not hold the lobby too.
SET lock_timeout = '5s'
AS $$
#variable_conflict use_column
DECLARE
  home constant text := 'game_' || of_game;
  known voids;
BEGIN
  -- Before all other locks. Another request with this reference waits here, so that exactly one of them voids.
  PERFORM pg_advisory_xact_lock(hashtextextended('void ' || by_reference, 0));
  SELECT * INTO known FROM voids WHERE reference = by_reference;
  IF FOUND THEN
    status := CASE WHEN (known.game, known.round, known.reason) = (of_game, of_round, for_reason)
                   THEN 'replayed' ELSE 'reference_mismatch' END;
    entry := CASE WHEN status = 'replayed' THEN known.id END;
    RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM ownership WHERE game = of_game)
     OR to_regprocedure(format('%I.void_round(uuid, text, text, text)', home)) IS NULL THEN
    status := 'unknown_game';
    RETURN;
  END IF;
  EXECUTE format('SELECT * FROM %I.void_round($1, $2, $3, $4)', home)
    INTO status, entry, missing, currency, digits USING of_round, for_reason, by_whom, by_reference;
END
$$;

-- The journal: one entry, or a page of them, newest first, of one game or of all.
CREATE FUNCTION pitboss.list_voids(of_game text, just_one uuid, before uuid, at_most integer)
RETURNS TABLE (
  id uuid, reference text, game text, round uuid, was text, player text, currency text, digits smallint, staked numeric,
  payout numeric, amount numeric, balance_before numeric, balance_after numeric, reason text, voided_by text, at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
  SELECT v.id, v.reference, v.game, v.round, v.was, v.player, v.currency, c.digits, v.staked,
         v.payout, v.amount, v.balance_before, v.balance_after, v.reason, v.voided_by, v.at
    FROM voids v JOIN currencies c ON c.code = v.currency
   WHERE (of_game IS NULL OR v.game = of_game) AND (just_one IS NULL OR v.id = just_one) AND (before IS NULL OR v.id < before)
   ORDER BY v.id DESC LIMIT least(at_most, 200);
$$;

-- What should never be: a void whose transfers are not what its entry says. Empty when the books are right.
CREATE VIEW pitboss.wrong_voids AS
  WITH booked AS (
    SELECT game, round, sum(amount) FILTER (WHERE credit = player) AS given_back, sum(amount) FILTER (WHERE debit = player) AS taken_back
      FROM pitboss.transfers WHERE kind = 'void' GROUP BY game, round
  )
  SELECT game, round, v.staked, v.payout, b.given_back, b.taken_back
    FROM pitboss.voids v FULL JOIN booked b USING (game, round)
   WHERE (v.staked, coalesce(v.payout, 0)) IS DISTINCT FROM (b.given_back, coalesce(b.taken_back, 0));

GRANT EXECUTE ON FUNCTION pitboss.void_round, pitboss.list_voids TO pitboss_lobby;
