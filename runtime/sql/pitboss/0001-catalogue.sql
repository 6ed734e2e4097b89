-- What the operator writes and every round reads: which games there are, what they may do, and whose they are.

CREATE TABLE pitboss.currencies (
  code text PRIMARY KEY CHECK (code ~ '^[A-Z][A-Z0-9]{1,9}$'),
  digits smallint NOT NULL CHECK (digits BETWEEN 0 AND 18)
);

-- The same list as games/currencies.ts.
INSERT INTO pitboss.currencies (code, digits) VALUES
  ('AUD', 2), ('BCH', 8), ('BRL', 2), ('BTC', 8), ('CAD', 2), ('CHF', 2), ('CZK', 2), ('DKK', 2), ('DOGE', 8), ('ETH', 18),
  ('EUR', 2), ('GBP', 2), ('INR', 2), ('JPY', 0), ('KRW', 0), ('KWD', 3), ('LTC', 8), ('MXN', 2), ('NOK', 2), ('NZD', 2),
  ('PLN', 2), ('SEK', 2), ('SGD', 2), ('SOL', 9), ('TRY', 2), ('USD', 2), ('USDC', 6), ('USDT', 6), ('ZAR', 2);

-- A proven configuration of an engine; games with the same configuration share it.
CREATE TABLE pitboss.revisions (
  revision text PRIMARY KEY CHECK (revision ~ '^[0-9a-f]{16}$'),
  engine text NOT NULL,
  engine_version text NOT NULL,
  config jsonb NOT NULL,
  -- Digest of the engine's code that proved it.
  engine_digest text,
  -- An exact fraction of the first stake, "n/d": no round of this revision pays more.
  max_multiplier text NOT NULL CHECK (max_multiplier ~ '^[0-9]{1,60}(/[1-9][0-9]{0,60})?$'),
  max_numerator numeric NOT NULL GENERATED ALWAYS AS (split_part(max_multiplier, '/', 1)::numeric) STORED,
  max_denominator numeric NOT NULL
    GENERATED ALWAYS AS (coalesce(nullif(split_part(max_multiplier, '/', 2), ''), '1')::numeric) STORED,
  proof jsonb,
  proven_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE pitboss.games (
  name text PRIMARY KEY CHECK (name ~ '^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$'),
  namespace text NOT NULL,
  uid text NOT NULL,
  engine text NOT NULL,
  engine_version text NOT NULL,
  title text NOT NULL,
  revision text NOT NULL REFERENCES pitboss.revisions,
  config jsonb NOT NULL,
  state text NOT NULL DEFAULT 'Active' CHECK (state IN ('Active', 'Draining', 'Suspended')),
  -- [{currency, digits, min, max, step, maxPayout}], amounts in minor units as strings.
  stakes jsonb NOT NULL,
  open_timeout interval NOT NULL DEFAULT '24 hours',
  -- {currency: minor units}: what the game may lose in a minute before new rounds are refused; without an
  -- entry it is a hundred times maxPayout.
  loss_limits jsonb NOT NULL DEFAULT '{}',
  returns jsonb NOT NULL DEFAULT '[]',
  -- {chain: namespace/name, onChainDown: Continue|Stop}: where new seed pairs take their entropy, if anywhere.
  entropy jsonb CHECK (
    coalesce(entropy->>'chain' LIKE '%/%' AND entropy->>'onChainDown' IN ('Continue', 'Stop'), entropy IS NULL)
  ),
  path text NOT NULL,
  ready boolean NOT NULL DEFAULT false,
  deleting boolean NOT NULL DEFAULT false,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- The revisions that a game plays: its own, and while a rollout lasts the ones before it, each with the stakes that it was
-- proven with.
CREATE TABLE pitboss.game_revisions (
  game text NOT NULL REFERENCES pitboss.games ON DELETE CASCADE,
  revision text NOT NULL REFERENCES pitboss.revisions,
  stakes jsonb NOT NULL,
  PRIMARY KEY (game, revision)
);

-- Every round holds one lane in share mode until it is committed, and a change of state or limits takes all lanes: so no
-- round commits after the change did. Many lanes, because one row would be hot.
CREATE TABLE pitboss.gates (
  game text NOT NULL REFERENCES pitboss.games ON DELETE CASCADE,
  lane smallint NOT NULL,
  PRIMARY KEY (game, lane)
) WITH (fillfactor = 20);

-- Which Game of which platform a schema belongs to.
CREATE TABLE pitboss.ownership (
  game text PRIMARY KEY,
  namespace text NOT NULL,
  uid text NOT NULL,
  platform text NOT NULL,
  claimed_at timestamptz NOT NULL DEFAULT now(),
  released_at timestamptz
);

-- The key that seals a game's server seeds, wrapped by the platform's key.
CREATE TABLE pitboss.seed_keys (
  game text PRIMARY KEY,
  wrapped_key bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- A round holds its lane for milliseconds. A session that holds one for seconds hangs, or is a thief's that wants to keep the
-- game open: it is ended.
CREATE FUNCTION pitboss.close_gates(game_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pitboss, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
  FOR attempt IN 1..5 LOOP
    BEGIN
      PERFORM FROM gates WHERE game = game_name ORDER BY lane FOR UPDATE;
      RETURN;
    EXCEPTION WHEN lock_not_available THEN
      PERFORM pg_terminate_backend(pid, 1000) FROM pg_stat_activity
        WHERE usename = 'game_' || game_name AND xact_start < clock_timestamp() - interval '1 second';
    END;
  END LOOP;
  RAISE lock_not_available USING MESSAGE = format('the rounds of %s do not end', game_name);
END
$$;

CREATE FUNCTION pitboss.before_game_changes() RETURNS trigger
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
BEGIN
  NEW.updated_at := clock_timestamp();
  IF (NEW.state, NEW.stakes, NEW.revision, NEW.loss_limits, NEW.deleting)
     IS DISTINCT FROM (OLD.state, OLD.stakes, OLD.revision, OLD.loss_limits, OLD.deleting) THEN
    PERFORM close_gates(NEW.name);
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER before_change BEFORE UPDATE ON pitboss.games
  FOR EACH ROW EXECUTE FUNCTION pitboss.before_game_changes();

CREATE FUNCTION pitboss.after_game_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM pg_notify('pitboss_games', OLD.name);
    RETURN NULL;
  END IF;
  IF TG_OP = 'INSERT' THEN
    INSERT INTO gates (game, lane) SELECT NEW.name, lane FROM generate_series(0, 63) AS lane;
  END IF;
  INSERT INTO game_revisions AS kept (game, revision, stakes) VALUES (NEW.name, NEW.revision, NEW.stakes)
    ON CONFLICT (game, revision) DO UPDATE SET stakes = excluded.stakes WHERE kept.stakes <> excluded.stakes;
  INSERT INTO accounts (kind, name, currency)
    SELECT 'house', NEW.name, terms->>'currency' FROM jsonb_array_elements(NEW.stakes) AS terms
    ON CONFLICT DO NOTHING;
  PERFORM pg_notify('pitboss_games', NEW.name);
  RETURN NULL;
END
$$;

CREATE TRIGGER after_change AFTER INSERT OR UPDATE OR DELETE ON pitboss.games
  FOR EACH ROW EXECUTE FUNCTION pitboss.after_game_changed();

-- Once a rollout is over: only these revisions, and the game's own, are played from now on.
CREATE FUNCTION pitboss.retire_revisions(game_name text, keep text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
BEGIN
  PERFORM close_gates(game_name);
  DELETE FROM game_revisions r USING games g
   WHERE g.name = game_name AND r.game = game_name AND r.revision <> g.revision AND r.revision <> ALL (keep);
END
$$;

-- The game that a function of a game's schema acts for. Only that game's own role may call it, and the operator, who owns
-- it; and only where every statement sees what was committed before it: a stale snapshot would pass old limits.
CREATE FUNCTION pitboss.acting_game(game_schema name) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pitboss, pg_temp AS $$
BEGIN
  IF session_user <> game_schema AND session_user <> current_user THEN
    RAISE insufficient_privilege USING MESSAGE = format('%I does not act for %I', session_user, game_schema);
  END IF;
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE feature_not_supported USING MESSAGE = 'rounds are played in READ COMMITTED transactions only';
  END IF;
  RETURN substr(game_schema, 6);
END
$$;
