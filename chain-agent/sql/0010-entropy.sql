-- Heights whose blocks will give entropy. A commitment is made once and never changes; the block's hash joins it when it is
-- final, and never changes either.
CREATE TABLE chain.entropy (
  chain text NOT NULL,
  request_id text NOT NULL CHECK (request_id ~ '^[A-Za-z0-9._:/-]{1,128}$'),
  -- namespace/name of the Chain object and what people call the network, as proofs show them.
  name text NOT NULL,
  network text NOT NULL,
  insecure boolean NOT NULL,
  height bigint NOT NULL,
  -- The highest block that any node had shown: proof that the height did not exist.
  head_height bigint NOT NULL,
  head_hash text NOT NULL,
  blocks_ahead integer NOT NULL CHECK (blocks_ahead > 0),
  committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- What had been committed by then: a game takes a height only for a server seed that is among it.
  snapshot pg_snapshot NOT NULL DEFAULT pg_current_snapshot(),
  hash text,
  nodes_agreed integer,
  nodes integer,
  PRIMARY KEY (chain, request_id),
  CHECK (height >= head_height + blocks_ahead),
  CHECK ((hash IS NULL) = (nodes_agreed IS NULL) AND (hash IS NULL) = (nodes IS NULL))
);

-- Commits to a height, or finds what was committed under the id before.
CREATE FUNCTION chain.commit_entropy(
  of_chain text, id text, chain_name text, on_network text, is_insecure boolean,
  at_height bigint, of_head bigint, of_head_hash text, ahead integer
) RETURNS SETOF chain.entropy
LANGUAGE plpgsql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
BEGIN
  INSERT INTO entropy (chain, request_id, name, network, insecure, height, head_height, head_hash, blocks_ahead)
    VALUES (of_chain, id, chain_name, on_network, is_insecure, at_height, of_head, of_head_hash, ahead)
    ON CONFLICT DO NOTHING;
  RETURN QUERY SELECT e.* FROM entropy e WHERE e.chain = of_chain AND e.request_id = id;
END
$$;

-- Notes the final block of every commitment to a height; one that was noted before stays.
CREATE FUNCTION chain.reveal_entropy(of_chain text, at_height bigint, with_hash text, agreed integer, of_nodes integer)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
  UPDATE entropy SET hash = with_hash, nodes_agreed = agreed, nodes = of_nodes
   WHERE chain = of_chain AND height = at_height AND hash IS NULL;
$$;

CREATE INDEX entropy_waiting ON chain.entropy (chain, height) WHERE hash IS NULL;

GRANT SELECT ON chain.entropy TO pitboss_chain_agent;
GRANT EXECUTE ON FUNCTION chain.commit_entropy, chain.reveal_entropy TO pitboss_chain_agent;
