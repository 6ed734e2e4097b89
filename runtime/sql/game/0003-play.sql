-- The round call: up to 32 rounds of different players in one statement of the runtime, one result a round.

CREATE TYPE play_item AS (
  -- Amounts are whole from here on: half a unit that is rounded in one place and not in another would come from nowhere.
  item integer, player text, key text, hash text, round uuid, revision text, currency text, stake numeric(38, 0), bound numeric(38, 0),
  pair uuid, nonce bigint, server_seed_hash text, client_seed text, bet jsonb,
  -- What the engine made of it. payout is absent while the round is open; expected is the bet's expected payout, less what
  -- rounding took from this one.
  payout numeric(38, 0), outcome jsonb, legal_actions text[], digest text, expected numeric,
  -- The terms of the jackpots that the stake feeds, by number, and for each whether its draw hit.
  jackpots bigint[], hits boolean[]
);

CREATE TYPE play_verdict AS (item integer, status text, found_round uuid, house bigint, digits smallint);

-- An item that was debited, with what the ledger and the record need: the balance that it found and the one that it left.
CREATE TYPE play_funds AS (
  item integer, account bigint, house bigint, digits smallint, funds_before numeric(38, 0), funds_after numeric(38, 0)
);

-- Locks are taken in the order gate, pairs, (keys,) rounds, balances, each sorted; a key needs none of its own, because whoever
-- could write it waits for the player's pair. Each statement sees what was committed before it.
CREATE FUNCTION play(items jsonb) RETURNS TABLE (item integer, status text, detail jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
-- A connection plans once (planning takes longer than playing), perhaps while the tables are still small, and they grow
-- fast: never read a whole one.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  acting constant text := acting_game(current_schema());
  this_minute constant timestamptz := date_bin('1 minute', clock_timestamp(), '2000-01-01 00:00:00Z');
  asked constant play_item[] := (SELECT array_agg(i) FROM jsonb_populate_recordset(NULL::play_item, items) AS i);
  verdicts play_verdict[];
  fed fed_jackpot[];
  players text[];
  funded play_funds[];
BEGIN
  IF cardinality(asked) > 32 THEN
    RAISE program_limit_exceeded USING MESSAGE = 'a call plays 32 rounds at most';
  END IF;

  PERFORM FROM gates WHERE game = acting AND lane = pg_backend_pid() % 64 FOR SHARE;
  PERFORM FROM seed_pairs WHERE player = ANY (ARRAY(SELECT a.player FROM unnest(asked) AS a)) AND state = 'active'
    ORDER BY id FOR NO KEY UPDATE;
  -- Once the gate is held: whoever closes a jackpot waits for the transactions that could see it open.
  fed := fed_jackpots(acting);
  verdicts := judge(acting, this_minute, asked, fed);
  players := ARRAY(SELECT a.player FROM unnest(asked) AS a JOIN unnest(verdicts) AS v ON v.item = a.item AND v.status = 'good');

  IF players <> '{}' THEN
    PERFORM FROM balances b WHERE b.player = ANY (players) ORDER BY b.player, b.currency FOR NO KEY UPDATE;
    -- Up to here nothing has looked at the result.
    WITH moved AS (
      UPDATE balances b SET balance = b.balance - a.stake + coalesce(a.payout, 0)
        FROM unnest(asked) AS a JOIN unnest(verdicts) AS v ON v.item = a.item AND v.status = 'good'
       WHERE b.player = ANY (players) AND b.player = a.player AND b.currency = a.currency AND b.balance >= a.stake
      RETURNING a.item, b.account, v.house, v.digits, old.balance, new.balance
    )
    SELECT array_agg(ROW (moved.*)::play_funds) INTO funded FROM moved;
  END IF;
  IF funded IS NOT NULL THEN
    PERFORM record_rounds(acting, this_minute, clock_timestamp(), asked, funded, fed);
  END IF;

  RETURN QUERY
    SELECT v.item,
           CASE WHEN v.status <> 'good' THEN v.status WHEN f.item IS NULL THEN 'insufficient_funds' ELSE 'created' END,
           CASE WHEN f.item IS NOT NULL THEN jsonb_build_object('createdAt', (SELECT r.created_at FROM rounds r WHERE r.id = a.round),
                                                                'before', f.funds_before::text, 'after', f.funds_after::text)
                WHEN v.status IN ('nonce_moved', 'seed_rotated') THEN pair_json(a.player)
                WHEN v.found_round IS NOT NULL THEN jsonb_build_object('round', v.found_round) END
      FROM unnest(verdicts) AS v
      JOIN unnest(asked) AS a ON a.item = v.item
      LEFT JOIN unnest(funded) AS f ON f.item = v.item;
END
$$;

-- What stands against each round, funds apart: the first fault in the order of the list, or "good". LATERAL … LIMIT keeps each
-- look-up one descent of an index, whatever the planner thinks of the tables' sizes.
CREATE FUNCTION judge(acting text, this_minute timestamptz, asked play_item[], fed fed_jackpot[]) RETURNS play_verdict[]
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  RETURN (
    WITH terms AS MATERIALIZED (
      SELECT r.revision, t.currency, t.digits, t.min, t.max, t.step, t."maxPayout" AS max_payout,
             p.max_numerator, p.max_denominator, h.id AS house,
             ARRAY(SELECT f.terms FROM unnest(fed) AS f WHERE f.currency = t.currency) AS jackpots,
             coalesce((g.loss_limits->>t.currency)::numeric, 100 * t."maxPayout") <= (
               SELECT coalesce(sum(c.paid - c.staked), 0) FROM counters c
                WHERE c.game = acting AND c.minute = this_minute AND c.currency = t.currency
             ) AS over_limit
        FROM games g
        JOIN game_revisions r ON r.game = g.name
        JOIN revisions p ON p.revision = r.revision
        CROSS JOIN jsonb_to_recordset(r.stakes)
          AS t (currency text, digits smallint, min numeric, max numeric, step numeric, "maxPayout" numeric)
        JOIN accounts h ON h.kind = 'house' AND h.name = g.name AND h.currency = t.currency
       WHERE g.name = acting AND r.revision = ANY (ARRAY(SELECT a.revision FROM unnest(asked) AS a))
    )
    SELECT array_agg(ROW (a.item, CASE
        WHEN k.hash = decode(a.hash, 'hex') THEN 'replayed'
        WHEN k.hash IS NOT NULL THEN 'idempotency_mismatch'
        WHEN a.earlier > 1 THEN 'deferred'
        WHEN g.state = 'Suspended' THEN 'game_suspended'
        WHEN g.state <> 'Active' OR g.deleting THEN 'game_draining'
        WHEN NOT EXISTS (SELECT FROM game_revisions r WHERE r.game = acting AND r.revision = a.revision) THEN 'revision_retired'
        WHEN t.currency IS NULL OR a.stake < t.min OR a.stake > t.max OR a.stake % t.step <> 0 THEN 'stake_limits'
        WHEN a.bound > t.max_payout OR a.bound * t.max_denominator > a.stake * t.max_numerator THEN 'stake_over_exposure'
        WHEN o.round IS NOT NULL THEN 'round_open'
        WHEN a.server_seed_hash <> encode(p.server_seed_hash, 'hex') THEN 'seed_rotated'
        WHEN p.id IS NULL OR p.id <> a.pair OR p.nonce <> a.nonce THEN 'nonce_moved'
        WHEN coalesce(a.jackpots, '{}') <> t.jackpots THEN 'jackpots_changed'
        WHEN p.chain IS NOT NULL AND p.entropy IS NULL THEN 'entropy_pending'
        WHEN t.over_limit THEN 'payout_limit'
        ELSE 'good' END, coalesce(k.round, o.round), t.house, t.digits)::play_verdict)
      FROM (SELECT *, row_number() OVER (PARTITION BY player ORDER BY item) AS earlier FROM unnest(asked)) AS a
      JOIN games g ON g.name = acting
      LEFT JOIN LATERAL (
        SELECT k.hash, k.round FROM keys k WHERE k.player = a.player AND k.game = acting AND k.key = a.key LIMIT 1
      ) k ON true
      LEFT JOIN terms t ON t.revision = a.revision AND t.currency = a.currency
      LEFT JOIN LATERAL (SELECT o.round FROM open_rounds o WHERE o.player = a.player LIMIT 1) o ON true
      LEFT JOIN LATERAL (
        SELECT p.id, p.nonce, p.server_seed_hash, p.chain, p.entropy FROM seed_pairs p WHERE p.player = a.player AND p.state = 'active' LIMIT 1
      ) p ON true
  );
END
$$;

-- Writes the rounds that were debited, in one statement: starting one costs more than a row. A result that no honest engine
-- makes breaks a constraint and so the whole call.
CREATE FUNCTION record_rounds(
  acting text, this_minute timestamptz, moment timestamptz, asked play_item[], funded play_funds[], fed fed_jackpot[]
) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
BEGIN
  WITH made AS MATERIALIZED (
    SELECT a.*, f.account, f.house, f.digits, f.funds_before, f.funds_after, decode(a.hash, 'hex') AS hash_bytes
      FROM unnest(asked) AS a JOIN unnest(funded) AS f ON f.item = a.item
  ), new_rounds AS (
    INSERT INTO rounds (id, player, state, version, revision, pair, nonce, client_seed, currency, digits, stake, staked, bound, payout,
                        funds_before, funds_after, bet, outcome, legal_actions, jackpots, jackpot_hits, digest, created_at, settled_at)
      SELECT round, player, CASE WHEN payout IS NULL THEN 'open' ELSE 'settled' END, 1, revision, pair, nonce,
             client_seed, currency, digits, stake, stake, bound, payout, funds_before, funds_after, bet, outcome,
             coalesce(legal_actions, '{}'), jackpots, (SELECT array_agg(d.terms) FROM unnest(jackpots, hits) AS d (terms, hit) WHERE d.hit),
             decode(digest, 'hex'), moment, CASE WHEN payout IS NOT NULL THEN moment END
        FROM made
  ), new_open_rounds AS (
    INSERT INTO open_rounds (player, round, created_at) SELECT player, round, moment FROM made WHERE payout IS NULL
  ), new_transfers AS (
    INSERT INTO transfers (debit, credit, player, currency, amount, kind, game, round, created_at)
      SELECT account, house, account, currency, stake, 'stake', acting, round, moment FROM made
      UNION ALL
      SELECT house, account, account, currency, payout, 'payout', acting, round, moment FROM made WHERE payout > 0
  ), contributions AS (
    -- No row that others share. A hit where there is no draw breaks a constraint.
    INSERT INTO jackpot_incoming (jackpot, terms, debit, hit, game, round, player)
      SELECT f.jackpot, f.terms, made.stake, CASE WHEN f.draws OR NOT d.hit THEN d.hit END, acting, made.round, made.player
        FROM made CROSS JOIN LATERAL unnest(made.jackpots, made.hits) AS d (terms, hit) JOIN unnest(fed) AS f ON f.terms = d.terms
  ), next_nonces AS (
    UPDATE seed_pairs p SET nonce = p.nonce + 1
      FROM made WHERE p.id = ANY (ARRAY(SELECT pair FROM made)) AND p.id = made.pair
  ), new_client_seeds AS (
    INSERT INTO used_client_seeds (player, client_seed)
      SELECT player, client_seed FROM made WHERE client_seed IS NOT NULL
      ON CONFLICT DO NOTHING
  )
  INSERT INTO keys (player, game, key, hash, round) SELECT player, acting, key, hash_bytes, round FROM made;
  PERFORM count_rounds(acting, this_minute, a.currency, a.revision, count(a.payout), sum(a.stake), coalesce(sum(a.payout), 0),
                       coalesce(sum(a.payout - a.expected), 0),
                       coalesce(sum((a.payout - a.expected) * (a.payout - a.expected)), 0),
                       -- One more for what rounding takes.
                       max(a.expected) + 1, max(a.bound) + 1)
     FROM unnest(asked) AS a JOIN unnest(funded) AS f ON f.item = a.item GROUP BY a.currency, a.revision;
END
$$;

CREATE FUNCTION count_rounds(
  acting text, this_minute timestamptz, in_currency text, of_revision text, settled bigint, more_staked numeric, more_paid numeric,
  more_deviation numeric, more_squared numeric, a_risk numeric, a_win numeric
) RETURNS void
LANGUAGE sql SET search_path FROM CURRENT AS $$
  INSERT INTO counters AS c (game, minute, backend, currency, revision, rounds, staked, paid, deviation, deviation_squared,
                             largest_risk, largest_win)
    VALUES (acting, this_minute, pg_backend_pid(), in_currency, of_revision, settled, more_staked, more_paid, more_deviation, more_squared,
            a_risk, a_win)
    ON CONFLICT (game, minute, currency, backend, revision) DO UPDATE SET
      rounds = c.rounds + excluded.rounds, staked = c.staked + excluded.staked, paid = c.paid + excluded.paid,
      deviation = c.deviation + excluded.deviation, deviation_squared = c.deviation_squared + excluded.deviation_squared,
      largest_risk = greatest(c.largest_risk, excluded.largest_risk), largest_win = greatest(c.largest_win, excluded.largest_win);
$$;

-- What a key of this player has done: status replayed or idempotency_mismatch, and the round; no row for a new key.
CREATE FUNCTION find_key(of_player text, with_key text, with_hash text) RETURNS TABLE (status text, round uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT CASE WHEN k.hash = decode(with_hash, 'hex') THEN 'replayed' ELSE 'idempotency_mismatch' END, k.round
    FROM keys k WHERE k.player = of_player AND k.game = acting_game(current_schema()) AND k.key = with_key;
$$;
