-- Rounds of many steps. The runtime opens a transaction, locks the round, lets the engine take the action, and records it
-- with `act`; nobody else moves the round meanwhile.

CREATE FUNCTION is_expired(acting text, opened_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT deleting OR opened_at + open_timeout <= clock_timestamp() FROM games WHERE name = acting;
$$;

-- All that an engine needs to go on with a round, and for how long it has been open.
CREATE FUNCTION open_round_json(of_round uuid) RETURNS jsonb
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT jsonb_build_object(
           'id', r.id, 'player', r.player, 'version', r.version, 'revision', r.revision,
           'pair', p.id, 'sealed', encode(p.sealed, 'hex'), 'serverSeedHash', encode(p.server_seed_hash, 'hex'),
           'clientSeed', coalesce(r.client_seed, p.client_seed), 'nonce', r.nonce,
           'clientSeedBy', CASE WHEN r.client_seed IS NOT NULL THEN 'player' ELSE p.client_seed_by END,
           'chain', chain_json(p),
           'currency', r.currency, 'digits', r.digits, 'stake', r.stake::text, 'staked', r.staked::text,
           'bet', r.bet, 'actions', r.actions,
           'jackpots', CASE WHEN r.jackpots IS NULL THEN '[]' ELSE jackpot_terms_json(r.jackpots) END,
           'openMs', floor(1000 * greatest(0, extract(epoch FROM clock_timestamp() - r.created_at))))
    FROM rounds r JOIN seed_pairs p ON p.id = r.pair WHERE r.id = of_round AND r.state = 'open';
$$;

-- status: locked, replayed, idempotency_mismatch, not_found, round_settled.
CREATE FUNCTION lock_round(of_player text, of_round uuid, with_key text, with_hash text, OUT status text, OUT detail jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  acting constant text := acting_game(current_schema());
  known keys;
  locked rounds;
BEGIN
  PERFORM lock_pairs(ARRAY[of_player]);
  SELECT * INTO known FROM keys k WHERE k.player = of_player AND k.game = acting AND k.key = with_key;
  IF FOUND THEN
    status := CASE WHEN known.hash = decode(with_hash, 'hex') THEN 'replayed' ELSE 'idempotency_mismatch' END;
    detail := jsonb_build_object('round', known.round);
    RETURN;
  END IF;
  SELECT * INTO locked FROM rounds r WHERE r.id = of_round AND r.player = of_player FOR NO KEY UPDATE;
  detail := open_round_json(locked.id);
  status := CASE WHEN locked.id IS NULL THEN 'not_found' WHEN detail IS NULL THEN 'round_settled' ELSE 'locked' END;
END
$$;

-- Open rounds past their time, the oldest first; all of them while the game is being deleted.
CREATE FUNCTION expired(at_most integer) RETURNS TABLE (player text, round uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT o.player, o.round FROM games g JOIN open_rounds o ON g.deleting OR o.created_at <= clock_timestamp() - g.open_timeout
   WHERE g.name = acting_game(current_schema()) ORDER BY o.created_at LIMIT least(at_most, 1000);
$$;

-- Locks a round that is past its time; null where somebody else has it or has finished it.
CREATE FUNCTION lock_expired(of_player text, of_round uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  acting constant text := acting_game(current_schema());
BEGIN
  PERFORM FROM seed_pairs p WHERE p.player = of_player AND p.state = 'active' FOR NO KEY UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  PERFORM FROM rounds r
    WHERE r.id = of_round AND r.player = of_player AND r.state = 'open' AND is_expired(acting, r.created_at)
    FOR NO KEY UPDATE SKIP LOCKED;
  RETURN CASE WHEN FOUND THEN open_round_json(of_round) END;
END
$$;

-- The engines whose rounds may end by themselves (games/*/rules.ts: `clock`).
CREATE FUNCTION runs_by_clock(acting text) RETURNS boolean
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT engine = 'crash' FROM games WHERE name = acting;
$$;

CREATE TYPE act_item AS (
  -- Without a key it is the default action, which only an expired round takes, or, with no action, an ending by the clock.
  player text, round uuid, key text, hash text,
  -- The version that the actions begin at, and what they add to the record.
  version integer, actions jsonb, debit numeric(38, 0), regret numeric,
  -- payout and digest are absent while the round goes on.
  outcome jsonb, legal_actions text[], payout numeric(38, 0), digest text, expected numeric,
  -- Where it debits: for each of the round's jackpots whether the draw hit.
  hits boolean[]
);

-- The player's balance before an action's debit and after its credit.
CREATE TYPE moved_funds AS (before numeric(38, 0), after numeric(38, 0));

-- status: done, replayed, idempotency_mismatch, not_found, round_settled, version_conflict, not_expired, insufficient_funds.
CREATE FUNCTION act(asked jsonb, OUT status text, OUT detail jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  acting constant text := acting_game(current_schema());
  moment constant timestamptz := clock_timestamp();
  a constant act_item := jsonb_populate_record(NULL::act_item, asked);
  r rounds;
  funds moved_funds;
BEGIN
  SELECT l.status, l.detail INTO act.status, act.detail FROM lock_round(a.player, a.round, a.key, a.hash) AS l;
  IF status <> 'locked' THEN
    RETURN;
  END IF;
  detail := NULL;
  SELECT * INTO r FROM rounds WHERE id = a.round;
  status := CASE WHEN r.version <> a.version THEN 'version_conflict'
                 WHEN a.key IS NULL AND NOT is_expired(acting, r.created_at)
                      AND NOT (a.actions = '[]' AND runs_by_clock(acting)) THEN 'not_expired'
                 ELSE 'done' END;
  IF status = 'done' THEN
    funds := move_funds(acting, a, r, moment);
    IF funds IS NULL THEN
      status := 'insufficient_funds';
    END IF;
  END IF;
  IF status <> 'done' THEN
    RETURN;
  END IF;
  UPDATE rounds SET
    version = r.version + jsonb_array_length(a.actions), actions = r.actions || a.actions, staked = r.staked + a.debit,
    outcome = a.outcome, legal_actions = a.legal_actions, payout = a.payout, digest = decode(a.digest, 'hex'),
    funds_after = funds.after, phases = r.phases || jsonb_strip_nulls(jsonb_build_object(
      'version', a.version, 'at', moment, 'debit', nullif(a.debit, 0)::text, 'credit', nullif(a.payout, 0)::text,
      'before', funds.before::text, 'after', funds.after::text)),
    jackpot_hits = CASE WHEN true = ANY (a.hits) THEN r.jackpot_hits || ARRAY(
      SELECT d.terms FROM unnest(r.jackpots, a.hits) AS d (terms, hit) WHERE d.hit) ELSE r.jackpot_hits END,
    regret = a.regret, state = CASE WHEN a.payout IS NULL THEN 'open' ELSE 'settled' END,
    settled_at = CASE WHEN a.payout IS NOT NULL THEN moment END
   WHERE id = a.round;
  IF a.payout IS NOT NULL THEN
    DELETE FROM open_rounds WHERE player = a.player AND round = a.round;
  END IF;
  IF a.key IS NOT NULL THEN
    INSERT INTO keys (player, game, key, hash, round) VALUES (a.player, acting, a.key, decode(a.hash, 'hex'), a.round);
  END IF;
END
$$;

-- Debits what the action adds to the stake and credits the payout; null, and nothing moved, where funds are short.
CREATE FUNCTION move_funds(acting text, a act_item, r rounds, moment timestamptz) RETURNS moved_funds
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  mine bigint;
  house bigint;
  funds moved_funds;
  -- What was staked beyond the first stake is no win when it comes back.
  off constant numeric := coalesce(a.payout - (r.staked + a.debit - r.stake) - a.expected + a.regret, 0);
BEGIN
  -- An action adds at most the first stake (a double does), and all of them what no engine exceeds.
  IF a.debit NOT BETWEEN 0 AND r.stake OR r.staked + a.debit > 100 * r.stake THEN
    RAISE check_violation USING MESSAGE = 'an action may not add so much to the stake';
  END IF;
  UPDATE balances b SET balance = b.balance - a.debit + coalesce(a.payout, 0)
   WHERE b.player = r.player AND b.currency = r.currency AND b.balance >= a.debit
   RETURNING b.account, old.balance, new.balance INTO mine, funds.before, funds.after;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT id INTO STRICT house FROM accounts WHERE kind = 'house' AND name = acting AND currency = r.currency;
  INSERT INTO transfers (debit, credit, player, currency, amount, kind, game, round, created_at)
    SELECT t.debit, t.credit, mine, r.currency, t.amount, t.kind, acting, r.id, moment
      FROM (VALUES (mine, house, a.debit, 'stake'), (house, mine, a.payout, 'payout')) AS t (debit, credit, amount, kind)
     WHERE t.amount > 0;
  -- A round feeds and draws for the jackpots that it began with, by the terms of then, whatever has changed since.
  IF a.debit > 0 AND r.jackpots IS NOT NULL THEN
    INSERT INTO jackpot_incoming (jackpot, terms, debit, hit, game, round, player)
      SELECT t.jackpot, t.id, a.debit, CASE WHEN t.one_in IS NOT NULL OR NOT d.hit THEN d.hit END, acting, r.id, r.player
        FROM unnest(r.jackpots, a.hits) AS d (terms, hit) JOIN jackpot_terms t ON t.id = d.terms;
  END IF;
  PERFORM count_rounds(acting, date_bin('1 minute', moment, '2000-01-01 00:00:00Z'), r.currency, r.revision,
                       CASE WHEN a.payout IS NULL THEN 0 ELSE 1 END, a.debit, coalesce(a.payout, 0), off, off * off,
                       -- What decisions staked or gave away can be lost or won by the draws that follow them.
                       a.expected + 1 + r.staked + a.debit - r.stake, r.bound + 1 + a.regret);
  RETURN funds;
END
$$;
