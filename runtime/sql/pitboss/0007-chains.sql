-- Which Chains there are, as the operator knows them: what the lobby connects to. What can be paid in and out is in chain_assets.

CREATE TABLE pitboss.chains (
  namespace text NOT NULL,
  name text NOT NULL CHECK (name ~ '^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$'),
  uid text NOT NULL,
  protocol text NOT NULL CHECK (protocol IN ('ethereum', 'bitcoin')),
  network text NOT NULL,
  -- CAIP-2.
  chain_id text NOT NULL,
  insecure boolean NOT NULL,
  confirmations integer NOT NULL CHECK (confirmations > 0),
  ready boolean NOT NULL DEFAULT false,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (namespace, name)
);

CREATE FUNCTION pitboss.tell_of_chain() RETURNS trigger
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
DECLARE
  told chains;
BEGIN
  told := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  PERFORM pg_notify('pitboss_chains', told.namespace || '/' || told.name);
  RETURN NULL;
END
$$;

CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON pitboss.chains
  FOR EACH ROW EXECUTE FUNCTION pitboss.tell_of_chain();

GRANT SELECT ON pitboss.chains TO pitboss_lobby;
