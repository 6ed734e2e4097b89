-- Jackpots: what a Jackpot object says, what its pool holds, and every contribution, reset and win, kept for good.
--
-- Money is exact: an amount that may be a part of a minor unit is kept as whole `units`, of which `scale` make a minor unit.
-- A jackpot's scale is a multiple of the denominators of all terms that it has had, so that no division ever has a remainder.
--
-- A bet only adds rows to jackpot_incoming. The row of jackpot_pools is the lock of a jackpot: the sequencer
-- (0005-jackpot-sequencer.sql) and what the operator does to it (0005-jackpot-control.sql) take it before anything else, bets never.

-- Read by every bet and changed only by the operator and, with new terms, by the sequencer.
CREATE TABLE pitboss.jackpots (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  namespace text NOT NULL,
  name text NOT NULL CHECK (name ~ '^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$'),
  uid text NOT NULL,
  currency text NOT NULL REFERENCES pitboss.currencies,
  digits smallint NOT NULL,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'closing', 'gone')),
  -- In force, and those that take effect after the next win.
  terms bigint,
  pending bigint,
  -- The jackpot's account, and the house's for what it pays into it.
  account bigint NOT NULL,
  house bigint NOT NULL,
  -- While it closes: where the money goes, and the transaction from which on no bet can have seen it open.
  successor bigint REFERENCES pitboss.jackpots,
  fence xid8,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  gone_at timestamptz,
  CHECK ((state = 'gone') = (gone_at IS NOT NULL))
);

CREATE UNIQUE INDEX jackpots_by_name ON pitboss.jackpots (namespace, name) WHERE state <> 'gone';

-- Never changed but for when they took effect. Rounds and contributions name the terms that they were made by.
CREATE TABLE pitboss.jackpot_terms (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  jackpot bigint NOT NULL REFERENCES pitboss.jackpots,
  -- Minor units.
  seed numeric(38, 0) NOT NULL CHECK (seed >= 0),
  ceiling numeric(38, 0) NOT NULL CHECK (ceiling > 0),
  must_hit_by numeric(38, 0) CHECK (must_hit_by > seed AND must_hit_by <= ceiling),
  one_in numeric(38, 0) CHECK (one_in > 0),
  per numeric(38, 0) CHECK (per > 0),
  -- Of each debit, and the part of that which goes to the overflow; in lowest terms.
  contribution_n numeric NOT NULL CHECK (contribution_n > 0),
  contribution_d numeric NOT NULL CHECK (contribution_d > contribution_n),
  overflow_n numeric NOT NULL CHECK (overflow_n >= 0),
  overflow_d numeric NOT NULL CHECK (overflow_d >= greatest(overflow_n, 1)),
  -- Units that a minor unit has at least, so that contribution and share of any debit are whole.
  scale numeric NOT NULL GENERATED ALWAYS AS (contribution_d * overflow_d) STORED,
  -- As they were written.
  body jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  in_force_at timestamptz,
  CHECK ((must_hit_by IS NULL) = (one_in IS NOT NULL) AND (one_in IS NULL) = (per IS NULL))
);

-- What a jackpot holds now. Sums of all time beside what they must add up to (jackpot_books).
CREATE TABLE pitboss.jackpot_pools (
  jackpot bigint PRIMARY KEY REFERENCES pitboss.jackpots,
  scale numeric NOT NULL CHECK (scale >= 1),
  -- In units.
  pool numeric NOT NULL DEFAULT 0 CHECK (pool >= 0 AND pool = trunc(pool)),
  overflow numeric NOT NULL DEFAULT 0 CHECK (overflow >= 0 AND overflow = trunc(overflow)),
  contributed numeric NOT NULL DEFAULT 0 CHECK (contributed >= 0 AND contributed = trunc(contributed)),
  -- Counts the resets, the contributions and the wins.
  cycle bigint NOT NULL DEFAULT 0,
  position bigint NOT NULL DEFAULT 0,
  wins bigint NOT NULL DEFAULT 0,
  -- What the ledger's account of the jackpot holds, in minor units: brought up to date at each win.
  funds numeric(38, 0) NOT NULL DEFAULT 0,
  last_contribution_at timestamptz,
  -- Where the sequencer goes on looking for contributions (see there).
  last_xid xid8 NOT NULL DEFAULT '0',
  searched_at timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);

-- One more than the last event: events are numbered in the order in which they are committed.
CREATE TABLE pitboss.jackpot_event_counter (last bigint NOT NULL);
INSERT INTO pitboss.jackpot_event_counter VALUES (0);

-- Contributions that no sequencer has taken yet. A round inserts them; nothing else does, and nothing updates them.
CREATE TABLE pitboss.jackpot_incoming (
  jackpot bigint NOT NULL,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  id uuid NOT NULL DEFAULT uuidv7(),
  terms bigint NOT NULL,
  -- What the player was debited, in minor units: the contribution is the terms' part of it.
  debit numeric(38, 0) NOT NULL CHECK (debit > 0),
  -- Whether its draw hit (oneIn).
  hit boolean NOT NULL,
  game text NOT NULL,
  round uuid NOT NULL,
  player text NOT NULL,
  PRIMARY KEY (jackpot, xid, id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);

-- The history: each contribution at its position.
CREATE TABLE pitboss.jackpot_contributions (
  jackpot bigint NOT NULL,
  position bigint NOT NULL,
  cycle bigint NOT NULL,
  id uuid NOT NULL,
  xid xid8 NOT NULL,
  terms bigint NOT NULL,
  debit numeric(38, 0) NOT NULL,
  hit boolean NOT NULL,
  game text NOT NULL,
  round uuid NOT NULL,
  -- The pool with this contribution in it, in units of its cycle's scale.
  pool numeric NOT NULL,
  PRIMARY KEY (jackpot, position, id)
) PARTITION BY RANGE (id);

SELECT pitboss.add_partitions('pitboss.jackpot_contributions');

-- From one reset to the win that ends it.
CREATE TABLE pitboss.jackpot_cycles (
  jackpot bigint NOT NULL REFERENCES pitboss.jackpots,
  cycle bigint NOT NULL,
  terms bigint NOT NULL REFERENCES pitboss.jackpot_terms,
  scale numeric NOT NULL,
  -- The pool that it opened with, in units; the house's seed in it, in minor units, and the rest from the overflow.
  opening numeric NOT NULL,
  seed numeric(38, 0) NOT NULL,
  -- Positions from the next one on belong to it.
  after_position bigint NOT NULL,
  -- Lower-case hex SHA-256 of salt ‖ threshold (docs/fairness.md), where there is one.
  commitment text,
  opened_at timestamptz NOT NULL,
  PRIMARY KEY (jackpot, cycle)
);

-- The hidden threshold of the cycle that is played for. Only the sequencer's role can read it.
CREATE TABLE pitboss.jackpot_thresholds (
  jackpot bigint PRIMARY KEY,
  cycle bigint NOT NULL,
  -- Minor units.
  threshold numeric(38, 0) NOT NULL,
  salt bytea NOT NULL CHECK (length(salt) = 32)
);

CREATE TABLE pitboss.jackpot_wins (
  id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  jackpot bigint NOT NULL REFERENCES pitboss.jackpots,
  cycle bigint NOT NULL,
  position bigint NOT NULL,
  trigger text NOT NULL CHECK (trigger IN ('mustHitBy', 'oneIn')),
  -- Held: a draw that hit far more often than it may; an administrator checks the round's proof and releases it.
  status text NOT NULL CHECK (status IN ('paid', 'held')),
  -- What is paid, in minor units: the pool, rounded up.
  amount numeric(38, 0) NOT NULL CHECK (amount >= 0),
  -- The pool in units, and how many of them the house added to make it whole.
  pool numeric NOT NULL,
  scale numeric NOT NULL,
  rounding numeric NOT NULL GENERATED ALWAYS AS (amount * scale - pool) STORED CHECK (rounding >= 0 AND rounding < scale),
  game text NOT NULL,
  round uuid NOT NULL,
  player text NOT NULL,
  -- The winning contribution's.
  terms bigint NOT NULL,
  -- Revealed.
  threshold numeric(38, 0),
  salt bytea,
  -- The winner's balance before and after the credit.
  funds_before numeric(38, 0),
  funds_after numeric(38, 0),
  won_at timestamptz NOT NULL,
  UNIQUE (jackpot, cycle),
  UNIQUE (jackpot, position)
);

CREATE INDEX jackpot_wins_by_round ON pitboss.jackpot_wins (round);
-- Few wins are held, and every look at the figures counts them.
CREATE INDEX jackpot_wins_held ON pitboss.jackpot_wins (jackpot) WHERE status = 'held';

-- Money of decommissioned jackpots: to the overflow of another. Fractions of minor units move too.
CREATE TABLE pitboss.jackpot_moves (
  jackpot bigint PRIMARY KEY REFERENCES pitboss.jackpots,
  -- Null where there was nothing but the house's seed, which went back.
  successor bigint REFERENCES pitboss.jackpots,
  units numeric NOT NULL,
  scale numeric NOT NULL,
  moved_at timestamptz NOT NULL
);

CREATE INDEX jackpot_moves_by_successor ON pitboss.jackpot_moves (successor);

-- How often draws hit in a day and how often they should, for each game: what a stolen runtime could claim is bounded by it.
CREATE TABLE pitboss.jackpot_odds (
  jackpot bigint NOT NULL,
  game text NOT NULL,
  day date NOT NULL,
  expected double precision NOT NULL,
  hits bigint NOT NULL,
  PRIMARY KEY (jackpot, game, day)
);

-- What players and operators are told. kind: win, held, released, terms, closed.
CREATE TABLE pitboss.jackpot_events (
  id bigint PRIMARY KEY,
  kind text NOT NULL,
  jackpot bigint NOT NULL,
  body jsonb NOT NULL,
  at timestamptz NOT NULL
);

-- The jackpots that a game's rounds feed.
CREATE TABLE pitboss.game_jackpots (
  game text NOT NULL REFERENCES pitboss.games ON DELETE CASCADE,
  jackpot bigint NOT NULL REFERENCES pitboss.jackpots,
  PRIMARY KEY (game, jackpot)
);

CREATE INDEX game_jackpots_by_jackpot ON pitboss.game_jackpots (jackpot);
