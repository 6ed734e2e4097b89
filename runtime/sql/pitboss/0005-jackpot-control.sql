-- What the operator does to a jackpot: writes its terms, binds games to it, decommissions it; and what it and the lobby see of it.

-- status: created; unchanged; pending: these terms take effect after the next win; currency_fixed; closing: the one of this name
-- is being decommissioned. terms: {seed, ceiling, contribution, overflowShare, mustHitBy} or {…, oneIn, per}, whole minor units
-- and fractions "n/d" as text.
CREATE FUNCTION pitboss.save_jackpot(
  in_namespace text, with_name text, with_uid text, in_currency text, with_digits integer, with_terms jsonb
) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
DECLARE
  known jackpots;
  asked constant jsonb := jackpot_terms_text(with_terms);
  wanted bigint;
  title constant text := in_namespace || '/' || with_name;
BEGIN
  PERFORM lock_jackpot(id) FROM jackpots WHERE namespace = in_namespace AND name = with_name AND state <> 'gone';
  SELECT * INTO known FROM jackpots WHERE namespace = in_namespace AND name = with_name AND state <> 'gone';
  IF NOT FOUND THEN
    INSERT INTO accounts (kind, name, currency)
      VALUES ('jackpot', title, in_currency), ('house', title, in_currency) ON CONFLICT DO NOTHING;
    INSERT INTO jackpots (namespace, name, uid, currency, digits, account, house)
      SELECT in_namespace, with_name, with_uid, in_currency, with_digits, a.id, h.id
        FROM accounts a, accounts h
       WHERE (a.kind, a.name, a.currency) = ('jackpot', title, in_currency)
         AND (h.kind, h.name, h.currency) = ('house', title, in_currency)
      RETURNING * INTO known;
    UPDATE jackpots SET terms = add_jackpot_terms(known.id, asked) WHERE id = known.id;
    PERFORM open_jackpot(known.id);
    RETURN jsonb_build_object('status', 'created', 'id', known.id);
  END IF;
  IF known.state = 'closing' OR known.currency <> in_currency THEN
    RETURN jsonb_build_object('status', CASE WHEN known.state = 'closing' THEN 'closing' ELSE 'currency_fixed' END, 'id', known.id);
  END IF;
  -- Terms that are in force, or wait already, are not written again.
  SELECT id INTO wanted FROM jackpot_terms WHERE id IN (known.terms, known.pending) AND body = asked ORDER BY id = known.terms DESC LIMIT 1;
  wanted := coalesce(wanted, add_jackpot_terms(known.id, asked));
  UPDATE jackpots SET uid = with_uid, pending = nullif(wanted, known.terms)
   WHERE id = known.id AND (uid, pending) IS DISTINCT FROM (with_uid, nullif(wanted, known.terms));
  RETURN jsonb_build_object('status', CASE WHEN wanted = known.terms THEN 'unchanged' ELSE 'pending' END, 'id', known.id);
END
$$;

-- The lock of a jackpot, held until the transaction ends.
CREATE FUNCTION pitboss.lock_jackpot(of_jackpot bigint) RETURNS void
LANGUAGE sql SET search_path = pitboss, pg_temp AS $$
  SELECT FROM jackpot_pools WHERE jackpot = of_jackpot FOR UPDATE;
$$;

-- The same text for the same terms.
CREATE FUNCTION pitboss.jackpot_terms_text(terms jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pitboss, pg_temp AS $$
  SELECT jsonb_object_agg(key, value ORDER BY key) FROM jsonb_each_text(terms)
   WHERE key IN ('seed', 'ceiling', 'contribution', 'overflowShare', 'mustHitBy', 'oneIn', 'per') AND value IS NOT NULL;
$$;

CREATE FUNCTION pitboss.add_jackpot_terms(of_jackpot bigint, terms jsonb) RETURNS bigint
LANGUAGE sql SET search_path = pitboss, pg_temp AS $$
  WITH fractions AS (
    SELECT name, div(n, gcd(n, d)) AS n, div(d, gcd(n, d)) AS d
      FROM (SELECT name, split_part(terms->>name, '/', 1)::numeric AS n, coalesce(nullif(split_part(terms->>name, '/', 2), ''), '1')::numeric AS d
              FROM unnest(ARRAY['contribution', 'overflowShare']) AS name) AS written
  )
  INSERT INTO jackpot_terms (jackpot, seed, ceiling, must_hit_by, one_in, per, contribution_n, contribution_d, overflow_n, overflow_d, body)
    SELECT of_jackpot, (terms->>'seed')::numeric, (terms->>'ceiling')::numeric, (terms->>'mustHitBy')::numeric,
           (terms->>'oneIn')::numeric, (terms->>'per')::numeric, c.n, c.d, o.n, o.d, terms
      FROM fractions c, fractions o WHERE c.name = 'contribution' AND o.name = 'overflowShare'
    RETURNING id;
$$;

-- The jackpots that a game's rounds feed: those of this list that are of the game's own namespace and open. status: bound, or
-- missing with the names of the others. With the transaction that saves the game.
CREATE FUNCTION pitboss.bind_jackpots(to_game text, wanted jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
DECLARE
  found bigint[];
  missing jsonb;
BEGIN
  SELECT coalesce(array_agg(j.id ORDER BY j.id) FILTER (WHERE j.id IS NOT NULL), '{}'), jsonb_agg(w ORDER BY w.name) FILTER (WHERE j.id IS NULL)
    INTO found, missing
    FROM jsonb_to_recordset(wanted) AS w (namespace text, name text)
    JOIN games g ON g.name = to_game
    LEFT JOIN jackpots j ON (j.namespace, j.name) = (w.namespace, w.name) AND j.namespace = g.namespace AND j.state = 'active';
  IF found <> ARRAY(SELECT jackpot FROM game_jackpots WHERE game = to_game ORDER BY jackpot) THEN
    DELETE FROM game_jackpots WHERE game = to_game AND jackpot <> ALL (found);
    INSERT INTO game_jackpots (game, jackpot) SELECT to_game, unnest(found) ON CONFLICT DO NOTHING;
    PERFORM pg_notify('pitboss_games', to_game);
  END IF;
  RETURN jsonb_strip_nulls(jsonb_build_object('status', CASE WHEN missing IS NULL THEN 'bound' ELSE 'missing' END, 'missing', missing));
END
$$;

-- Open rounds that began with this jackpot: their later debits still feed it.
CREATE FUNCTION pitboss.open_rounds_with_jackpot(of_jackpot bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
DECLARE
  home text;
  here bigint;
  rounds bigint := 0;
  all_terms constant bigint[] := ARRAY(SELECT id FROM jackpot_terms WHERE jackpot = of_jackpot);
BEGIN
  FOR home IN SELECT 'game_' || game FROM ownership LOOP
    CONTINUE WHEN to_regclass(format('%I.open_rounds', home)) IS NULL;
    EXECUTE format('SELECT count(*) FROM %I.open_rounds o JOIN %I.rounds r ON r.id = o.round WHERE r.jackpots && $1', home, home)
      INTO here USING all_terms;
    rounds := rounds + here;
  END LOOP;
  RETURN rounds;
END
$$;

-- Closes a jackpot and moves its money to the overflow of another one of its namespace and currency. Call it until it is done.
-- status: not_found; in_use {games}: games still name it; transfer_needed: it holds contributions; no_successor: there is no such
-- jackpot to take them; closing: bets that saw it open may not have committed yet, {rounds} are open that began with it, or
-- {waiting} contributions are not taken yet; decommissioned.
CREATE FUNCTION pitboss.decommission_jackpot(in_namespace text, with_name text, transfer_to text) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
DECLARE
  j jackpots;
  target bigint;
  games jsonb;
  open_rounds bigint;
BEGIN
  SELECT * INTO j FROM jackpots WHERE namespace = in_namespace AND name = with_name AND state <> 'gone';
  IF NOT FOUND THEN
    RETURN jsonb_build_object('status', 'not_found');
  END IF;
  SELECT id INTO target FROM jackpots
   WHERE namespace = in_namespace AND name = transfer_to AND currency = j.currency AND state = 'active' AND id <> j.id;
  -- Two locks: always the smaller first.
  PERFORM lock_jackpot(id) FROM (SELECT id FROM unnest(ARRAY[j.id, target]) AS id WHERE id IS NOT NULL ORDER BY id) AS both_of_them;
  SELECT * INTO j FROM jackpots WHERE id = j.id;
  IF j.state = 'gone' THEN
    RETURN jsonb_build_object('status', 'decommissioned');
  END IF;
  SELECT jsonb_agg(game ORDER BY game) INTO games FROM game_jackpots WHERE jackpot = j.id;
  IF games IS NOT NULL THEN
    RETURN jsonb_build_object('status', 'in_use', 'games', games);
  END IF;
  IF target IS NULL AND transfer_to IS NOT NULL THEN
    RETURN jsonb_build_object('status', 'no_successor');
  END IF;
  IF target IS NULL AND (EXISTS (SELECT FROM jackpot_pools WHERE jackpot = j.id AND contributed > 0)
                         OR EXISTS (SELECT FROM jackpot_moves WHERE successor = j.id)
                         OR EXISTS (SELECT FROM jackpot_incoming WHERE jackpot = j.id)) THEN
    RETURN jsonb_build_object('status', 'transfer_needed');
  END IF;
  UPDATE jackpots SET state = 'closing', successor = target WHERE id = j.id;
  -- Whoever saw the jackpot open before it was closing had begun its transaction before a snapshot that is taken afterwards.
  IF j.state = 'active' OR j.fence IS NULL THEN
    UPDATE jackpots SET fence = pg_snapshot_xmax(pg_current_snapshot()) WHERE id = j.id AND j.state = 'closing';
    RETURN jsonb_build_object('status', 'closing');
  END IF;
  IF j.fence > pg_snapshot_xmin(pg_current_snapshot()) THEN
    RETURN jsonb_build_object('status', 'closing');
  END IF;
  open_rounds := open_rounds_with_jackpot(j.id);
  IF open_rounds > 0 OR EXISTS (SELECT FROM jackpot_incoming WHERE jackpot = j.id) THEN
    RETURN jsonb_build_object('status', 'closing', 'rounds', open_rounds,
                              'waiting', (SELECT count(*) FROM jackpot_incoming WHERE jackpot = j.id));
  END IF;
  PERFORM close_jackpot(j.id, target);
  RETURN jsonb_build_object('status', 'decommissioned');
END
$$;
