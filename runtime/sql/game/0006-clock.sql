-- Rounds that run by the clock. The time is this database's, read once the round is locked. When a round ends by itself is
-- never stored, since it would foretell the round: each runtime works it out from the sealed seed.

-- The engines that are allowed it (games/*/rules.ts: `clock`).
CREATE FUNCTION runs_by_clock(acting text) RETURNS boolean
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT engine = 'crash' FROM games WHERE name = acting;
$$;

-- All that an engine needs to go on with a round, and for how long it has been open.
CREATE OR REPLACE FUNCTION open_round_json(of_round uuid) RETURNS jsonb
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT jsonb_build_object(
           'id', r.id, 'player', r.player, 'version', r.version, 'revision', r.revision,
           'pair', p.id, 'sealed', encode(p.sealed, 'hex'), 'serverSeedHash', encode(p.server_seed_hash, 'hex'),
           'clientSeed', coalesce(r.client_seed, p.client_seed), 'nonce', r.nonce,
           'clientSeedBy', CASE WHEN r.client_seed IS NOT NULL THEN 'player' ELSE p.client_seed_by END,
           'currency', r.currency, 'digits', r.digits, 'stake', r.stake::text, 'staked', r.staked::text,
           'bet', r.bet, 'actions', r.actions,
           'openMs', floor(1000 * greatest(0, extract(epoch FROM clock_timestamp() - r.created_at))))
    FROM rounds r JOIN seed_pairs p ON p.id = r.pair WHERE r.id = of_round AND r.state = 'open';
$$;

-- Open rounds in the order of their ids, from the one after `later_than` on.
CREATE FUNCTION ticking(later_than uuid, at_most integer) RETURNS TABLE (id uuid, round jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT o.round, open_round_json(o.round) FROM open_rounds o
   WHERE o.round > later_than AND runs_by_clock(acting_game(current_schema()))
   ORDER BY o.round LIMIT least(at_most, 1000);
$$;

-- Locks a round that may have ended by itself; null where somebody else has it, or it is settled.
CREATE FUNCTION lock_ticking(of_player text, of_round uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM FROM seed_pairs p WHERE p.player = of_player AND p.state = 'active' FOR NO KEY UPDATE SKIP LOCKED;
  IF NOT FOUND OR NOT runs_by_clock(acting_game(current_schema())) THEN
    RETURN NULL;
  END IF;
  PERFORM FROM rounds r WHERE r.id = of_round AND r.player = of_player AND r.state = 'open' FOR NO KEY UPDATE SKIP LOCKED;
  RETURN CASE WHEN FOUND THEN open_round_json(of_round) END;
END
$$;

-- As before; an ending by the clock, which adds no action, needs no key and no expiry.
CREATE OR REPLACE FUNCTION act(asked jsonb, OUT status text, OUT detail jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  acting constant text := acting_game(current_schema());
  moment constant timestamptz := clock_timestamp();
  a constant act_item := jsonb_populate_record(NULL::act_item, asked);
  r rounds;
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
                 WHEN NOT move_funds(acting, a, r, moment) THEN 'insufficient_funds'
                 ELSE 'done' END;
  IF status <> 'done' THEN
    RETURN;
  END IF;
  UPDATE rounds SET
    version = r.version + jsonb_array_length(a.actions), actions = r.actions || a.actions, staked = r.staked + a.debit,
    outcome = a.outcome, legal_actions = a.legal_actions, payout = a.payout, digest = decode(a.digest, 'hex'),
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
