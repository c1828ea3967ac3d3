-- From the rows of the log, as written, to counted endorsements and views, by name.
CREATE TABLE kinds AS SELECT kind, class::INT AS class FROM read_csv('kinds.csv', header = true, all_varchar = true);

CREATE TABLE raw (actor VARCHAR, target VARCHAR, ts VARCHAR, kind VARCHAR, owner VARCHAR, event_id VARCHAR);
INSERT INTO raw BY NAME
SELECT * FROM read_csv('events*.csv', header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', union_by_name = true);

CREATE TABLE told (target VARCHAR, owner VARCHAR, published_at VARCHAR);
INSERT INTO told BY NAME
SELECT * FROM read_csv('contents.csv', header = true, all_varchar = true, delim = ',', quote = '"', escape = '"');

-- Classes: 0, 1, ... endorsed kinds; 64 more takes one back; 254 is a view, 255 anything else.
CREATE TABLE event AS
SELECT
  r.actor, r.target, nullif(r.owner, '') AS owner, nullif(r.event_id, '') AS event_id,
  CASE WHEN getvariable('timed')
    THEN coalesce(try_cast(r.ts AS BIGINT) * getvariable('unit'), epoch_us(try_cast(r.ts AS TIMESTAMP)))
    ELSE 0 END AS ts,
  CASE WHEN r.kind IS NULL THEN 0 WHEN r.kind = 'view' THEN 254 ELSE coalesce(k.class, u.class + 64, 255) END AS class
FROM raw r LEFT JOIN kinds k ON r.kind = k.kind LEFT JOIN kinds u ON r.kind = 'un' || u.kind;

-- Of the events of one id the earliest counts, then by actor, target and class.
CREATE TABLE kept AS
SELECT actor, target, ts, class
FROM (
  SELECT *, row_number() OVER (PARTITION BY event_id ORDER BY ts, actor, target, class) AS place
  FROM event WHERE class < 255
)
WHERE event_id IS NULL OR place = 1;

-- A kind goes on and off; at one instant, off comes last.
CREATE TABLE turn AS
SELECT
  target, actor, class % 64 AS kind, class >= 64 AS off, ts,
  lag(class >= 64) OVER turns AS was_off,
  max(ts) FILTER (WHERE class >= 64) OVER (PARTITION BY target, actor, class % 64) AS last_off
FROM kept WHERE class < 128
WINDOW turns AS (PARTITION BY target, actor, class % 64 ORDER BY ts, class);

-- Without times only the numbers of on and off count.
CREATE TABLE balance AS
SELECT target, actor, kind, count(*) FILTER (NOT off) AS given, count(*) FILTER (off) AS taken
FROM turn GROUP BY ALL;

CREATE TABLE standing AS
SELECT target, actor, kind, min(ts) AS since
FROM turn WHERE getvariable('timed') AND NOT off AND (last_off IS NULL OR ts > last_off) GROUP BY ALL
UNION ALL
SELECT target, actor, kind, 0 FROM balance WHERE NOT getvariable('timed') AND given > taken;

CREATE TABLE endorsement AS
SELECT target, actor, min(since)::BIGINT AS ts, count(*) AS kinds FROM standing GROUP BY target, actor;

COPY (SELECT actor, target, ts FROM endorsement) TO 'endorsements.answer.csv';
COPY (SELECT actor, target, ts FROM kept WHERE class = 254) TO 'views.answer.csv';

-- The owner most rows name, of equals the smallest name; what the table of contents tells goes before.
CREATE TABLE vote AS
SELECT *, row_number() OVER (PARTITION BY target ORDER BY votes DESC, owner) AS place, count(*) OVER (PARTITION BY target) AS candidates
FROM (SELECT target, owner, count(*) AS votes FROM event WHERE owner IS NOT NULL GROUP BY ALL);

CREATE TABLE known AS
SELECT t.target, coalesce(nullif(c.owner, ''), v.owner) AS owner,
  epoch_us(try_cast(c.published_at AS TIMESTAMP)) AS published,
  nullif(c.owner, '') IS NULL AND coalesce(v.candidates, 0) > 1 AS conflict
FROM (SELECT DISTINCT target FROM kept) t
LEFT JOIN told c ON c.target = t.target
LEFT JOIN vote v ON v.target = t.target AND v.place = 1;

CREATE TABLE account AS
SELECT actor FROM kept UNION SELECT owner FROM known WHERE owner IS NOT NULL;

COPY (SELECT target, owner, published FROM known) TO 'targets.answer.csv';
COPY (SELECT actor FROM account) TO 'accounts.answer.csv';

COPY (
  SELECT 'rows', count(*) FROM raw
  UNION ALL SELECT 'duplicates', (SELECT count(*) FROM event WHERE class < 255) - (SELECT count(*) FROM kept)
  UNION ALL SELECT 'repeats',
    CASE WHEN getvariable('timed') THEN (SELECT count(*) FROM turn WHERE NOT off AND NOT was_off)
    ELSE (SELECT coalesce(sum(given - 1), 0) FROM balance WHERE given > taken) END
    + (SELECT coalesce(sum(kinds - 1), 0) FROM endorsement)
  UNION ALL SELECT 'taken_back',
    CASE WHEN getvariable('timed') THEN (SELECT count(*) FROM turn WHERE off AND NOT was_off)
    ELSE (SELECT coalesce(sum(given), 0) FROM balance WHERE given <= taken) END
  -- Without times, take-backs that are outnumbered take nothing back.
  UNION ALL SELECT 'idle_take_backs',
    CASE WHEN getvariable('timed') THEN (SELECT count(*) FROM turn WHERE off AND coalesce(was_off, true))
    ELSE (SELECT coalesce(sum(CASE WHEN given > taken THEN taken ELSE taken - given END), 0) FROM balance) END
  UNION ALL SELECT 'owner_conflicts', count(*) FROM known WHERE conflict
  UNION ALL SELECT 'endorsements', count(*) FROM endorsement
  UNION ALL SELECT 'views', count(*) FROM kept WHERE class = 254
  UNION ALL SELECT 'endorsers', count(DISTINCT actor) FROM endorsement
  UNION ALL SELECT 'accounts', count(*) FROM account
  UNION ALL SELECT 'targets', count(*) FROM known
  UNION ALL SELECT 'first_ts', min(ts) FROM endorsement
  UNION ALL SELECT 'last_ts', max(ts) FROM endorsement
) TO 'facts.answer.csv';
COPY (SELECT coalesce(kind, 'the endorsement'), count(*) FROM raw GROUP BY ALL) TO 'kinds.answer.csv';
