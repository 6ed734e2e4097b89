-- Seed pairs: committed before they are played, revealed when they are rotated out, the next one always committed before.

-- The row lock of a player's active pair is that player's turn in this game: rounds, actions and rotations wait for one
-- another there, before they touch anything else.
CREATE FUNCTION lock_pairs(of_players text[]) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  locked bigint;
BEGIN
  -- A rotation that this waited for has made another pair the active one: then that is locked in turn.
  LOOP
    PERFORM FROM seed_pairs WHERE player = ANY (of_players) AND state = 'active' ORDER BY id FOR NO KEY UPDATE;
    GET DIAGNOSTICS locked = ROW_COUNT;
    EXIT WHEN locked >= (SELECT count(*) FROM seed_pairs WHERE player = ANY (of_players) AND state = 'active');
  END LOOP;
END
$$;

-- What a pair takes from a chain: null where it takes nothing, its height null until one is committed.
CREATE FUNCTION chain_json(pair seed_pairs) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path FROM CURRENT AS $$
  SELECT CASE WHEN pair.chain IS NOT NULL THEN jsonb_build_object(
    'chain', pair.chain, 'network', pair.network, 'height', pair.height, 'insecure', pair.insecure, 'entropy', pair.entropy) END;
$$;

-- The pair as the runtime needs it: it opens `sealed` with the game's seed key.
CREATE FUNCTION pair_json(of_player text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT jsonb_build_object(
           'id', a.id, 'player', a.player, 'sealed', encode(a.sealed, 'hex'), 'nonce', a.nonce,
           'serverSeedHash', encode(a.server_seed_hash, 'hex'), 'nextServerSeedHash', encode(n.server_seed_hash, 'hex'),
           'clientSeed', a.client_seed, 'clientSeedBy', a.client_seed_by,
           'chain', chain_json(a), 'nextId', n.id, 'nextChain', chain_json(n))
    FROM seed_pairs a JOIN seed_pairs n ON n.player = a.player AND n.state = 'next'
   WHERE a.player = of_player AND a.state = 'active';
$$;

CREATE FUNCTION commit_seed(seed_id uuid, of_player text, as_state text, seed jsonb) RETURNS void
LANGUAGE sql SET search_path FROM CURRENT AS $$
  INSERT INTO seed_pairs (id, player, state, server_seed_hash, sealed, client_seed, client_seed_by, activated_at, chain)
    VALUES (seed_id, of_player, as_state, decode(seed->>'serverSeedHash', 'hex'), decode(seed->>'sealed', 'hex'),
            seed->>'clientSeed', CASE WHEN seed ? 'clientSeed' THEN 'house' END,
            CASE WHEN as_state = 'active' THEN clock_timestamp() END,
            (SELECT g.entropy->>'chain' FROM games g WHERE g.name = acting_game(current_schema())))
    ON CONFLICT DO NOTHING;
$$;

-- The player's pair. Where there is none and `fresh` holds {active: {id, serverSeedHash, sealed, clientSeed}, next: {…}}, it is
-- committed; two pods that do so at once both get the pair of the first.
CREATE FUNCTION pair(of_player text, fresh jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  found_pair jsonb := pair_json(of_player);
BEGIN
  PERFORM acting_game(current_schema());
  IF found_pair IS NULL AND fresh IS NOT NULL THEN
    PERFORM commit_seed((fresh->'active'->>'id')::uuid, of_player, 'active', fresh->'active');
    PERFORM commit_seed((fresh->'next'->>'id')::uuid, of_player, 'next', (fresh->'next') - 'clientSeed');
    found_pair := pair_json(of_player);
    INSERT INTO used_client_seeds (player, client_seed) VALUES (of_player, found_pair->>'clientSeed') ON CONFLICT DO NOTHING;
  END IF;
  RETURN found_pair;
END
$$;

-- The player's pair, held until the transaction ends: for a round whose nonce keeps moving. The gate comes first here as in
-- `play`, or a change of state between the two could wait for both.
CREATE FUNCTION lock_pair(of_player text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM FROM gates WHERE game = acting_game(current_schema()) AND lane = pg_backend_pid() % 64 FOR SHARE;
  PERFORM lock_pairs(ARRAY[of_player]);
  RETURN pair_json(of_player);
END
$$;

-- Reveals the active pair, activates the next one with the player's client seed, and commits `fresh` {id, serverSeedHash,
-- sealed} as the one after it. status: rotated, no_pair, rounds_open, client_seed_used.
CREATE FUNCTION rotate(
  of_player text, with_client_seed text, fresh jsonb, OUT status text, OUT round uuid, OUT revealed jsonb, OUT pair jsonb
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  moment constant timestamptz := clock_timestamp();
BEGIN
  PERFORM acting_game(current_schema());
  PERFORM lock_pairs(ARRAY[of_player]);
  revealed := pair_json(of_player);
  IF revealed IS NULL THEN
    status := 'no_pair';
    RETURN;
  END IF;
  SELECT o.round INTO round FROM open_rounds o WHERE o.player = of_player;
  IF FOUND THEN
    status := 'rounds_open';
    revealed := NULL;
    RETURN;
  END IF;
  INSERT INTO used_client_seeds (player, client_seed) VALUES (of_player, with_client_seed) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    status := 'client_seed_used';
    revealed := NULL;
    RETURN;
  END IF;
  UPDATE seed_pairs SET state = 'revealed', revealed_at = moment WHERE player = of_player AND state = 'active';
  UPDATE seed_pairs SET state = 'active', activated_at = moment, client_seed = with_client_seed, client_seed_by = 'player'
   WHERE player = of_player AND state = 'next';
  PERFORM commit_seed((fresh->>'id')::uuid, of_player, 'next', fresh - 'clientSeed');
  pair := pair_json(of_player);
  status := 'rotated';
END
$$;
