-- The ledger: a transfer moves an amount from one account to another, so all accounts together hold zero. Only players'
-- balances are kept as rows; what the house holds is a sum.

CREATE TABLE pitboss.accounts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('player', 'house', 'cashier', 'jackpot', 'chain')),
  -- The player, or the game; of the cashier's there is one for each currency.
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  currency text NOT NULL REFERENCES pitboss.currencies,
  UNIQUE (kind, name, currency)
);

CREATE TABLE pitboss.balances (
  player text NOT NULL,
  currency text NOT NULL,
  account bigint NOT NULL UNIQUE REFERENCES pitboss.accounts,
  balance numeric(38, 0) NOT NULL DEFAULT 0 CHECK (balance >= 0),
  PRIMARY KEY (player, currency)
) WITH (fillfactor = 60);

-- No foreign keys to accounts: each would lock the house's row, which every round shares.
CREATE TABLE pitboss.transfers (
  id uuid NOT NULL DEFAULT uuidv7(),
  debit bigint NOT NULL,
  credit bigint NOT NULL CHECK (credit <> debit),
  -- Whichever of the two is a player's: for that player's list of entries.
  player bigint CHECK (player IN (debit, credit)),
  currency text NOT NULL,
  amount numeric(38, 0) NOT NULL CHECK (amount > 0),
  -- void: of a round that was taken back, its stakes one way and its payout the other. refund: of a withdrawal that can never be mined. seed, contribution: the house's, into a jackpot. jackpot: a win. jackpot_moved: of a jackpot that was decommissioned.
  kind text NOT NULL CHECK (
    kind IN ('stake', 'payout', 'void', 'deposit', 'withdrawal', 'refund', 'seed', 'contribution', 'jackpot', 'jackpot_moved')),
  game text,
  round uuid,
  reference text,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (id)
) PARTITION BY RANGE (id);

CREATE INDEX transfers_by_player ON pitboss.transfers (player, id);

-- Idempotency keys: a player's request in a game and the round that it made or moved on.
CREATE TABLE pitboss.keys (
  player text NOT NULL,
  game text NOT NULL,
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  -- SHA-256 of the canonical request.
  hash bytea NOT NULL CHECK (length(hash) = 32),
  round uuid NOT NULL,
  PRIMARY KEY (player, game, key)
) PARTITION BY HASH (player);

DO $$
BEGIN
  FOR part IN 0..15 LOOP
    EXECUTE format('CREATE TABLE pitboss.keys_%s PARTITION OF pitboss.keys FOR VALUES WITH (MODULUS 16, REMAINDER %s)', part, part);
  END LOOP;
END
$$;

-- What each game took and paid, by minute. Each connection counts in a row of its own, so that no two rounds wait for one
-- another; old minutes are folded into totals.
CREATE TABLE pitboss.counters (
  game text NOT NULL,
  minute timestamptz NOT NULL,
  backend integer NOT NULL,
  currency text NOT NULL,
  revision text NOT NULL,
  -- Settled rounds.
  rounds bigint NOT NULL,
  staked numeric NOT NULL,
  paid numeric NOT NULL,
  -- Sums over settled rounds of d and d², d = payout - (expected payout - what poor play gave away).
  deviation numeric NOT NULL CHECK (deviation BETWEEN -1e50 AND 1e50),
  deviation_squared numeric NOT NULL CHECK (deviation_squared BETWEEN 0 AND 1e99),
  -- The most by which the d of any round, open ones included, could have been below and above zero, as its stake, bound and
  -- decisions told before its draws did.
  largest_risk numeric NOT NULL CHECK (largest_risk BETWEEN 0 AND 1e50),
  largest_win numeric NOT NULL CHECK (largest_win BETWEEN 0 AND 1e50),
  PRIMARY KEY (game, minute, currency, backend, revision)
) WITH (fillfactor = 40);

CREATE TABLE pitboss.totals (
  game text NOT NULL,
  currency text NOT NULL,
  revision text NOT NULL,
  rounds bigint NOT NULL,
  staked numeric NOT NULL,
  paid numeric NOT NULL,
  deviation numeric NOT NULL,
  deviation_squared numeric NOT NULL,
  largest_risk numeric NOT NULL,
  largest_win numeric NOT NULL,
  PRIMARY KEY (game, currency, revision)
);

-- Totals with what is not folded yet.
CREATE VIEW pitboss.results AS
  SELECT game, currency, revision, sum(rounds)::bigint AS rounds, sum(staked) AS staked, sum(paid) AS paid,
         sum(deviation) AS deviation, sum(deviation_squared) AS deviation_squared,
         max(largest_risk) AS largest_risk, max(largest_win) AS largest_win
    FROM (SELECT game, currency, revision, rounds, staked, paid, deviation, deviation_squared, largest_risk, largest_win
            FROM pitboss.counters
          UNION ALL
          SELECT game, currency, revision, rounds, staked, paid, deviation, deviation_squared, largest_risk, largest_win
            FROM pitboss.totals) AS both_parts
   GROUP BY game, currency, revision;

-- A minute that a slow round still counts in is made again by that round and folded by the next call.
CREATE FUNCTION pitboss.fold_counters(game_name text) RETURNS void
LANGUAGE sql SET search_path = pitboss, pg_temp AS $$
  WITH old AS (
    DELETE FROM counters WHERE game = game_name AND minute < clock_timestamp() - interval '2 minutes' RETURNING *
  )
  INSERT INTO totals AS t (game, currency, revision, rounds, staked, paid, deviation, deviation_squared, largest_risk, largest_win)
    SELECT game_name, currency, revision, sum(rounds), sum(staked), sum(paid), sum(deviation), sum(deviation_squared),
           max(largest_risk), max(largest_win)
      FROM old GROUP BY currency, revision ORDER BY currency, revision
    ON CONFLICT (game, currency, revision) DO UPDATE SET
      rounds = t.rounds + excluded.rounds, staked = t.staked + excluded.staked, paid = t.paid + excluded.paid,
      deviation = t.deviation + excluded.deviation, deviation_squared = t.deviation_squared + excluded.deviation_squared,
      largest_risk = greatest(t.largest_risk, excluded.largest_risk), largest_win = greatest(t.largest_win, excluded.largest_win);
$$;

-- Partitions of a month, this one and the next two, of a table whose id is a UUID of version 7. Attaching a finished table
-- lets rounds go on meanwhile; CREATE … PARTITION OF would lock them out.
CREATE FUNCTION pitboss.add_partitions(parent regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pitboss, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  home text; base text; child text; month timestamptz;
BEGIN
  SELECT n.nspname, c.relname INTO home, base
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = parent;
  FOR ahead IN 0..2 LOOP
    month := date_trunc('month', clock_timestamp()) + make_interval(months => ahead);
    child := format('%I.%I', home, base || to_char(month, '_YYYY_MM'));
    CONTINUE WHEN to_regclass(child) IS NOT NULL;
    -- Two callers at once: the second waits here, and then finds the table.
    EXECUTE format('LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE', parent);
    CONTINUE WHEN to_regclass(child) IS NOT NULL;
    EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING ALL)', child, parent);
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)',
                   parent, child, pitboss.first_id(month), pitboss.first_id(month + interval '1 month'));
  END LOOP;
END
$$;

-- The smallest UUID of version 7 that can be made at this time.
CREATE FUNCTION pitboss.first_id(at timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE SET search_path = pitboss, pg_temp AS $$
  SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;
$$;

SELECT pitboss.add_partitions('pitboss.transfers');
