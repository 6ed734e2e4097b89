-- Makes the roles that Pitboss is given and closes the database to everyone else. Run it as the database's owner
-- with CREATEROLE: the superuser on one machine, the master user on RDS. Running it again changes nothing but the
-- passwords, which it takes as SCRAM verifiers so that no password passes through a statement or a log:
--
--   psql -v database=pitboss -v operator_verifier='SCRAM-SHA-256$…' -v lobby_verifier='SCRAM-SHA-256$…' -f bootstrap.sql

-- psql does not look for variables inside a quoted body, so they go there as settings of this session.
SELECT set_config('pitboss.operator_verifier', :'operator_verifier', false) IS NOT NULL
   AND set_config('pitboss.lobby_verifier', :'lobby_verifier', false) IS NOT NULL AS taken;

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pitboss_operator') THEN
    CREATE ROLE pitboss_operator;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pitboss_lobby') THEN
    CREATE ROLE pitboss_lobby;
  END IF;
  -- Nobody logs in as this one. It owns the jackpots' hidden thresholds and the functions that use them.
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pitboss_sequencer') THEN
    CREATE ROLE pitboss_sequencer NOLOGIN;
  END IF;
  -- Naming these attributes in ALTER ROLE needs a superuser even where nothing changes; a check does not.
  IF EXISTS (SELECT FROM pg_roles
              WHERE rolname IN ('pitboss_operator', 'pitboss_lobby', 'pitboss_sequencer') AND (rolsuper OR rolbypassrls OR rolreplication)) THEN
    RAISE EXCEPTION 'pitboss_operator, pitboss_lobby and pitboss_sequencer must be neither SUPERUSER nor BYPASSRLS nor REPLICATION';
  END IF;
  EXECUTE format('ALTER ROLE pitboss_operator LOGIN CREATEROLE NOCREATEDB PASSWORD %L',
                 current_setting('pitboss.operator_verifier'));
  EXECUTE format('ALTER ROLE pitboss_lobby LOGIN NOCREATEROLE NOCREATEDB PASSWORD %L',
                 current_setting('pitboss.lobby_verifier'));
END
$$;

-- The operator makes each game's role; with this it may also end that role's sessions and drop what it was granted.
ALTER ROLE pitboss_operator SET createrole_self_grant = 'set, inherit';
-- So that the operator can renew the lobby's password.
GRANT pitboss_lobby TO pitboss_operator WITH ADMIN TRUE, INHERIT TRUE, SET TRUE;
-- So that migrations can hand it what is its own; what it owns is not the operator's to read.
GRANT pitboss_sequencer TO pitboss_operator WITH ADMIN FALSE, INHERIT FALSE, SET TRUE;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE CONNECT, TEMPORARY ON DATABASE :"database" FROM PUBLIC;
GRANT CREATE ON DATABASE :"database" TO pitboss_operator;
-- Each game's role is let in by the operator.
GRANT CONNECT ON DATABASE :"database" TO pitboss_operator WITH GRANT OPTION;
GRANT CONNECT ON DATABASE :"database" TO pitboss_lobby;

SELECT set_config('pitboss.operator_verifier', '', false) = '' AND set_config('pitboss.lobby_verifier', '', false) = '' AS forgotten;
