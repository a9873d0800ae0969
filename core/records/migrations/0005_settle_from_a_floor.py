"""Settlers look at changes above a floor only: what lies below was settled before, however many years of changes there are."""

from django.db import migrations, models

SETTLE = """
CREATE OR REPLACE FUNCTION records_settle(most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'iso_8601' SET bytea_output = 'hex' SET extra_float_digits = 1
AS $$
DECLARE chosen bigint[]; before records_seal; start bigint; seal bigint; moment timestamptz;
        shape record; digests bytea[]; root bytea; known bigint; floor bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(7310423) THEN RETURN 0; END IF;
    SELECT * INTO before FROM records_seal ORDER BY id DESC LIMIT 1;
    -- A floor beyond all transactions of this server came with a dump of another one.
    known := CASE WHEN before.floor <= pg_snapshot_xmax(pg_current_snapshot())::text::bigint THEN before.floor ELSE 0 END;
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
    INSERT INTO records_seal (first, last, root, chain, settled_at, floor)
    VALUES (start, start + array_length(chosen, 1) - 1, root,
            sha256(coalesce(before.chain, ''::bytea) || root || convert_to(
                start || '|' || (start + array_length(chosen, 1) - 1) || '|' || moment::text, 'UTF8')), moment, floor)
    RETURNING id INTO seal;
    INSERT INTO records_settled (change_id, position, seal_id)
    SELECT id, start + place - 1, seal FROM unnest(chosen) WITH ORDINALITY AS u(id, place);
    RETURN array_length(chosen, 1);
END $$;
"""

class Migration(migrations.Migration):
    dependencies = [("records", "0004_keys_in_changes_only")]

    operations = [
        migrations.AddField("seal", "floor", models.BigIntegerField(null=True)),
        migrations.RunSQL(SETTLE, migrations.RunSQL.noop),
    ]
