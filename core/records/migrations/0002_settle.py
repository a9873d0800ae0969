"""The settling function: positions and seals for every committed change that has none.

It waits for no transaction that still runs: a change that commits later gets a later position, and a snapshot that holds a
change holds all that it saw. It looks at changes above a floor only: what lies below was settled before, however many years
of changes there are.
"""

from django.db import migrations

LEAVES = """
CREATE OR REPLACE FUNCTION records_leaves(place text, numbers integer[], changes bigint[])
RETURNS TABLE (change_id bigint, rows bigint[], leaves bytea)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'iso_8601' SET bytea_output = 'hex' SET extra_float_digits = 1
AS $$
DECLARE columns text; key text; owner text;
BEGIN
    SELECT string_agg(format('h.%I', a.attname), ', ' ORDER BY n.place) INTO columns
      FROM unnest(numbers) WITH ORDINALITY AS n(attnum, place)
      JOIN pg_attribute a ON a.attrelid = records_leaves.place::regclass AND a.attnum = n.attnum;
    key := CASE WHEN records_leaves.place = 'records_change' THEN 'id' ELSE 'history_id' END;
    owner := CASE WHEN records_leaves.place = 'records_change' THEN 'id' ELSE 'change_id' END;
    RETURN QUERY EXECUTE format(
        'SELECT x.c, array_agg(x.k ORDER BY x.k), string_agg(x.leaf, ''''::bytea ORDER BY x.k) FROM (
            SELECT h.%I::bigint AS c, h.%I::bigint AS k,
                   substring(sha256(convert_to(ROW(%s)::text, ''UTF8'')) FROM 1 FOR 16) AS leaf
              FROM %I h WHERE h.%I = ANY($1)) x GROUP BY x.c',
        owner, key, columns, records_leaves.place, owner) USING changes;
END $$;
"""

MERKLE = """
CREATE OR REPLACE FUNCTION records_merkle(leaves bytea[]) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
DECLARE level bytea[] := leaves; above bytea[]; place integer;
BEGIN
    IF coalesce(array_length(level, 1), 0) = 0 THEN RETURN sha256(''::bytea); END IF;
    WHILE array_length(level, 1) > 1 LOOP
        above := '{}'; place := 1;
        WHILE place <= array_length(level, 1) LOOP
            above := above || CASE WHEN place < array_length(level, 1) THEN sha256(level[place] || level[place + 1]) ELSE level[place] END;
            place := place + 2;
        END LOOP;
        level := above;
    END LOOP;
    RETURN level[1];
END $$;
"""

SETTLE = """
CREATE OR REPLACE FUNCTION records_settle(most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'iso_8601' SET bytea_output = 'hex' SET extra_float_digits = 1
AS $$
DECLARE chosen bigint[]; before records_seal; start bigint; seal bigint; moment timestamptz;
        shape record; digests bytea[]; root bytea; known bigint; floor bigint; here bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(7310423) THEN RETURN 0; END IF;
    SELECT * INTO before FROM records_seal ORDER BY id DESC LIMIT 1;
    SELECT system_identifier INTO here FROM pg_control_system();
    -- In a dump of another server the floor counts that server's transactions.
    known := CASE WHEN before.server = here THEN before.floor ELSE 0 END;
    floor := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
    SELECT array_agg(id ORDER BY id) INTO chosen FROM (
        SELECT c.id FROM records_change c WHERE c.xid >= coalesce(known, 0) AND c.xid <> pg_current_xact_id()::text::bigint
           AND NOT EXISTS (SELECT 1 FROM records_settled s WHERE s.change_id = c.id)
         ORDER BY c.id LIMIT most) due;
    IF chosen IS NULL THEN RETURN 0; END IF;
    IF array_length(chosen, 1) = most THEN floor := known; END IF;
    start := coalesce(before.last, 0) + 1;
    FOR shape IN SELECT DISTINCT ON ("table") id, "table" AS place, columns FROM records_tableshape ORDER BY "table", version DESC LOOP
        EXECUTE 'INSERT INTO records_sealedrows (change_id, shape_id, rows, leaves)
                 SELECT change_id, $1, rows, leaves FROM records_leaves($2, $3, $4)' USING shape.id, shape.place, shape.columns, chosen;
    END LOOP;
    SELECT array_agg(digest ORDER BY position) INTO digests FROM (
        SELECT c.position, sha256(convert_to(c.position || '|' || c.id, 'UTF8') || coalesce(string_agg(
                   convert_to('|' || t."table" || '|' || t.version || '|' || r.rows::text || '|', 'UTF8') || r.leaves,
                   ''::bytea ORDER BY t."table" COLLATE "C"), ''::bytea)) AS digest
          FROM (SELECT id, start + place - 1 AS position FROM unnest(chosen) WITH ORDINALITY AS u(id, place)) c
          LEFT JOIN records_sealedrows r ON r.change_id = c.id LEFT JOIN records_tableshape t ON t.id = r.shape_id
         GROUP BY c.position, c.id) d;
    root := records_merkle(digests);
    moment := clock_timestamp();
    INSERT INTO records_seal (first, last, root, chain, settled_at, floor, server)
    VALUES (start, start + array_length(chosen, 1) - 1, root,
            sha256(coalesce(before.chain, ''::bytea) || root || convert_to(
                start || '|' || (start + array_length(chosen, 1) - 1) || '|' || moment::text, 'UTF8')), moment, floor, here)
    RETURNING id INTO seal;
    INSERT INTO records_settled (change_id, position, seal_id)
    SELECT id, start + place - 1, seal FROM unnest(chosen) WITH ORDINALITY AS u(id, place);
    RETURN array_length(chosen, 1);
END $$;
"""

REVERSE = "DROP FUNCTION IF EXISTS records_settle(integer), records_merkle(bytea[]), records_leaves(text, integer[], bigint[])"


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]

    operations = [migrations.RunSQL([LEAVES, MERKLE, SETTLE], REVERSE)]
