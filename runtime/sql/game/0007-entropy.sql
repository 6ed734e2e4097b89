-- Entropy of a chain, for seed pairs. The agents of the chain keep commitments and hashes in the schema `chain`, where no
-- game's role can write: what is copied from there is what they saw, for the id `<game>/<pair>`, which has one commitment for
-- ever. So a stolen role can choose neither height nor hash, and cannot try seeds until it likes what comes of them.

-- Pairs that wait: for a height, or for its block, the lowest first.
CREATE FUNCTION waiting_pairs(at_most integer) RETURNS TABLE (id uuid, chain text, height bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT p.id, p.chain, p.height FROM seed_pairs p
   WHERE p.chain IS NOT NULL AND p.entropy IS NULL AND p.state <> 'revealed' AND acting_game(current_schema()) IS NOT NULL
   ORDER BY p.height NULLS FIRST, p.id LIMIT least(at_most, 1000);
$$;

-- Copies what the agents know of these pairs' chains by now. A height counts only if the seed had been committed when it was
-- chosen, and once it is noted only its own block's hash can follow; neither ever changes.
CREATE FUNCTION take_entropy(of_pairs uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET enable_seqscan = off AS $$
DECLARE
  acting constant text := acting_game(current_schema());
BEGIN
  IF to_regclass('chain.entropy') IS NULL THEN
    RETURN;
  END IF;
  PERFORM FROM seed_pairs WHERE id = ANY (of_pairs) ORDER BY id FOR NO KEY UPDATE;
  UPDATE seed_pairs p
     SET network = c.network, height = c.height, insecure = c.insecure, entropy = regexp_replace(lower(c.hash), '^0x', '')
    FROM chain.entropy c
   WHERE p.id = ANY (of_pairs) AND p.state <> 'revealed' AND p.entropy IS NULL
     AND c.request_id = acting || '/' || p.id AND c.name = p.chain
     AND (p.height = c.height AND c.hash IS NOT NULL
          OR p.height IS NULL AND pg_visible_in_snapshot(p.committed_by, c.snapshot));
END
$$;

-- Lets a pair be played without a chain, while the Game says Continue, or has another chain or none by now. Only one that has
-- no height yet: whoever could drop a block that he knows would choose. And only before the player gave a client seed for it,
-- which is when he sees what it is: until it is active, or where it is his first, with a client seed of the house.
CREATE FUNCTION waive_entropy(of_pair uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  acting constant text := acting_game(current_schema());
BEGIN
  UPDATE seed_pairs p SET chain = NULL
    FROM games g
   WHERE p.id = of_pair AND p.chain IS NOT NULL AND p.height IS NULL AND p.nonce = 0
     AND (p.state = 'next' OR p.state = 'active' AND p.client_seed_by = 'house')
     AND g.name = acting
     AND (g.entropy->>'onChainDown' = 'Continue' OR g.entropy->>'chain' IS DISTINCT FROM p.chain);
  RETURN FOUND;
END
$$;
