-- What the agents of a chain ever called final, so that a restart or another node cannot quietly call another block final.
CREATE TABLE chain.checkpoints (
  chain text PRIMARY KEY,
  height bigint NOT NULL,
  hash text NOT NULL,
  noted_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Broken promises. While one is not acknowledged nothing is built on the chain and nothing is paid out.
CREATE TABLE chain.violations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  chain text NOT NULL,
  final_height bigint NOT NULL,
  final_hash text NOT NULL,
  found_height bigint NOT NULL,
  -- Empty where nothing is there any more.
  found_hash text NOT NULL,
  message text NOT NULL,
  found_at timestamptz NOT NULL,
  acknowledged_at timestamptz,
  acknowledged_by text,
  reason text,
  CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL) AND (acknowledged_at IS NULL) = (reason IS NULL))
);
CREATE UNIQUE INDEX violations_open ON chain.violations (chain) WHERE acknowledged_at IS NULL;

CREATE FUNCTION chain.advance_checkpoint(of_chain text, to_height bigint, to_hash text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
  INSERT INTO checkpoints AS c (chain, height, hash) VALUES (of_chain, to_height, to_hash)
    ON CONFLICT (chain) DO UPDATE SET height = to_height, hash = to_hash, noted_at = clock_timestamp()
      WHERE c.height < to_height;
$$;

-- Notes a violation; the first one that is open stays the one.
CREATE FUNCTION chain.report_violation(
  of_chain text, was_height bigint, was_hash text, is_height bigint, is_hash text, says text, at timestamptz
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
  INSERT INTO violations (chain, final_height, final_hash, found_height, found_hash, message, found_at)
    VALUES (of_chain, was_height, was_hash, is_height, is_hash, says, at) ON CONFLICT DO NOTHING;
$$;

-- A person has looked, and takes the chain as its nodes have it now: the agents go on, from a checkpoint of their own. For
-- the operator's role alone.
CREATE FUNCTION chain.acknowledge_violation(of_chain text, who text, why text) RETURNS boolean
LANGUAGE plpgsql SET search_path = chain, pg_temp AS $$
BEGIN
  UPDATE violations SET acknowledged_at = clock_timestamp(), acknowledged_by = who, reason = why
   WHERE chain = of_chain AND acknowledged_at IS NULL;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  DELETE FROM checkpoints WHERE chain = of_chain;
  RETURN true;
END
$$;

REVOKE EXECUTE ON FUNCTION chain.acknowledge_violation FROM PUBLIC;
GRANT SELECT ON chain.checkpoints, chain.violations TO pitboss_chain_agent;
GRANT EXECUTE ON FUNCTION chain.advance_checkpoint, chain.report_violation TO pitboss_chain_agent;
