-- A game's own tables. It runs with search_path = "game_<name>", pitboss, pg_temp; the role has the schema's name. The role
-- may read what is here and change nothing but through the functions of the files that follow.

-- A player's server seeds in this game: one that rounds are played on, the next one already committed, and those of the past.
CREATE TABLE seed_pairs (
  id uuid PRIMARY KEY,
  player text NOT NULL CHECK (length(player) BETWEEN 1 AND 255),
  state text NOT NULL CHECK (state IN ('next', 'active', 'revealed')),
  server_seed_hash bytea NOT NULL CHECK (length(server_seed_hash) = 32),
  -- The server seed under the game's seed key (runtime/seal.ts).
  sealed bytea NOT NULL CHECK (length(sealed) = 60),
  -- In clear, where the operator revealed it before it let go of the seed key.
  server_seed bytea CHECK (server_seed IS NULL OR (state = 'revealed' AND sha256(server_seed) = server_seed_hash)),
  client_seed text CHECK (client_seed ~ '^[A-Za-z0-9_-]{1,64}$'),
  client_seed_by text CHECK (client_seed_by IN ('player', 'house')),
  -- Of the next round.
  nonce bigint NOT NULL DEFAULT 0 CHECK (nonce >= 0),
  committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Whoever commits to a height of a chain for this seed must have seen it.
  committed_by xid8 NOT NULL DEFAULT pg_current_xact_id(),
  activated_at timestamptz,
  revealed_at timestamptz,
  -- The Chain whose entropy its draws are mixed with, where it has one; the height that was committed after the seed; and
  -- the hash of that block, once it is final. Nothing is played before.
  chain text,
  network text,
  height bigint,
  insecure boolean,
  entropy text CHECK (entropy ~ '^[0-9a-f]{1,128}$'),
  CHECK (state <> 'active' OR (client_seed IS NOT NULL AND client_seed_by IS NOT NULL)),
  CHECK (num_nonnulls(network, height, insecure) IN (0, 3) AND (height IS NULL OR chain IS NOT NULL)),
  CHECK (entropy IS NULL OR height IS NOT NULL)
) WITH (fillfactor = 60);

CREATE UNIQUE INDEX seed_pairs_active ON seed_pairs (player) WHERE state = 'active';
CREATE UNIQUE INDEX seed_pairs_next ON seed_pairs (player) WHERE state = 'next';
CREATE INDEX seed_pairs_waiting ON seed_pairs (id) WHERE chain IS NOT NULL AND entropy IS NULL AND state <> 'revealed';

-- Every client seed that a player has used here: a pair never gets one again.
CREATE TABLE used_client_seeds (
  player text NOT NULL,
  client_seed text NOT NULL,
  PRIMARY KEY (player, client_seed)
);

CREATE TABLE rounds (
  id uuid NOT NULL,
  player text NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'settled', 'voided')),
  version integer NOT NULL CHECK (version >= 1),
  revision text NOT NULL,
  pair uuid NOT NULL,
  nonce bigint NOT NULL,
  -- Where the round had its own; otherwise it is the pair's.
  client_seed text CHECK (client_seed ~ '^[A-Za-z0-9_-]{1,64}$'),
  currency text NOT NULL,
  digits smallint NOT NULL,
  -- The first debit, all debits, and the most that the round may pay, known before anything was drawn.
  stake numeric(38, 0) NOT NULL CHECK (stake > 0),
  staked numeric(38, 0) NOT NULL CHECK (staked >= stake),
  bound numeric(38, 0) NOT NULL,
  payout numeric(38, 0) CHECK (payout BETWEEN 0 AND bound),
  -- The player's balance just before the first debit, and after the latest debit or credit (GLI-19 2.8.2).
  funds_before numeric(38, 0) NOT NULL CHECK (funds_before >= stake),
  funds_after numeric(38, 0) NOT NULL CHECK (funds_after >= 0),
  bet jsonb NOT NULL,
  -- [{type, …, version, by, at?}]
  actions jsonb NOT NULL DEFAULT '[]',
  -- What each later step found and left: [{version, at, debit?, credit?, before, after}], amounts as text.
  phases jsonb NOT NULL DEFAULT '[]',
  -- What the player may see of it now.
  outcome jsonb NOT NULL,
  legal_actions text[] NOT NULL DEFAULT '{}',
  -- The terms of the jackpots that its debits feed, by number; of those whose draws hit, one entry for each hit.
  jackpots bigint[],
  jackpot_hits bigint[],
  -- Expected payout that the player's decisions gave away, in minor units.
  regret numeric NOT NULL DEFAULT 0,
  -- Of the proof, fixed at settlement.
  digest bytea CHECK (length(digest) = 32),
  created_at timestamptz NOT NULL,
  settled_at timestamptz,
  PRIMARY KEY (id),
  CHECK ((state = 'open') = (settled_at IS NULL)),
  CHECK (state <> 'settled' OR (payout IS NOT NULL AND digest IS NOT NULL)),
  CHECK (state <> 'open' OR payout IS NULL)
) PARTITION BY RANGE (id);

CREATE INDEX rounds_by_player ON rounds (player, id);

SELECT pitboss.add_partitions('rounds');

-- A player has at most one.
CREATE TABLE open_rounds (
  player text PRIMARY KEY,
  round uuid NOT NULL UNIQUE,
  created_at timestamptz NOT NULL
);

CREATE INDEX open_rounds_by_age ON open_rounds (created_at);

-- Jackpots' terms as a runtime draws by them and shows them, in this order.
CREATE FUNCTION jackpot_terms_json(of_terms bigint[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object(
           'terms', t.id::text, 'namespace', j.namespace, 'name', j.name, 'currency', j.currency, 'digits', j.digits,
           'oneIn', t.one_in::text, 'per', t.per::text, 'body', t.body) ORDER BY asked.place), '[]')
    FROM unnest(of_terms) WITH ORDINALITY AS asked (terms, place)
    JOIN jackpot_terms t ON t.id = asked.terms
    JOIN jackpots j ON j.id = t.jackpot;
$$;

-- A jackpot that a game's rounds feed now. draws: each debit draws for it.
CREATE TYPE fed_jackpot AS (jackpot bigint, terms bigint, currency text, draws boolean);

CREATE FUNCTION fed_jackpots(acting text) RETURNS fed_jackpot[]
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT array_agg(ROW (j.id, j.terms, j.currency, t.one_in IS NOT NULL)::fed_jackpot ORDER BY j.terms)
    FROM game_jackpots g
    JOIN jackpots j ON j.id = g.jackpot AND j.state = 'active'
    JOIN jackpot_terms t ON t.id = j.terms
   WHERE g.game = acting;
$$;

-- What a round has won of jackpots: paid, or pending while its hits wait for the sequencer and while an administrator looks at a win.
CREATE FUNCTION round_jackpot_wins(of_round uuid, hits bigint[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  WITH won AS (
    SELECT w.jackpot, w.position, w.amount, w.status FROM jackpot_wins w
     WHERE w.round = of_round AND w.game = acting_game(current_schema())
  ), waiting AS (
    SELECT t.jackpot, generate_series(1, count(*) - (SELECT count(*) FROM won WHERE won.jackpot = t.jackpot)) AS place
      FROM unnest(hits) AS hit JOIN jackpot_terms t ON t.id = hit GROUP BY t.jackpot
  )
  SELECT coalesce(jsonb_agg(jsonb_build_object('name', j.name, 'amount', w.amount::text, 'status', w.status) ORDER BY w.position), '[]')
    FROM (SELECT jackpot, position, CASE status WHEN 'paid' THEN amount END AS amount, CASE status WHEN 'paid' THEN 'paid' ELSE 'pending' END AS status
            FROM won
          UNION ALL
          SELECT jackpot, NULL, NULL, 'pending' FROM waiting) AS w
    JOIN jackpots j ON j.id = w.jackpot;
$$;

-- The game's row and the revision's, for its runtime; the stakes are those that this revision was proven with.
CREATE FUNCTION catalogue(of_revision text)
RETURNS TABLE (
  name text, namespace text, title text, engine text, engine_version text, revision text, config jsonb, state text,
  stakes jsonb, open_timeout_seconds double precision, returns jsonb, path text, ready boolean, deleting boolean, jackpots jsonb,
  entropy jsonb
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT g.name, g.namespace, g.title, g.engine, g.engine_version, g.revision, g.config, g.state,
         coalesce(r.stakes, g.stakes), extract(epoch FROM g.open_timeout)::double precision,
         g.returns, g.path, g.ready, g.deleting,
         jackpot_terms_json(ARRAY(SELECT fed.terms FROM unnest(fed_jackpots(g.name)) AS fed)), g.entropy
    FROM games g LEFT JOIN game_revisions r ON r.game = g.name AND r.revision = of_revision
   WHERE g.name = acting_game(current_schema());
$$;

-- What a round of this revision was played by.
CREATE FUNCTION revision(asked text) RETURNS TABLE (engine text, engine_version text, config jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT r.engine, r.engine_version, r.config
    FROM revisions r JOIN games g ON g.engine = r.engine
   WHERE r.revision = asked AND g.name = acting_game(current_schema());
$$;

-- Partitions ahead, sums folded: whoever is alive calls it now and then.
CREATE FUNCTION housekeep() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT add_partitions(format('%I.rounds', current_schema())::regclass);
  SELECT add_partitions('pitboss.transfers');
  SELECT add_partitions('pitboss.jackpot_contributions');
  SELECT fold_counters(acting_game(current_schema()));
$$;
