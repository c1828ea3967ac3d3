-- Endorsements by canonical number, with what is known of account and target.
CREATE TABLE actor_id AS SELECT id::INT AS id, name
FROM read_csv('actors.csv', header = true, all_varchar = true, delim = ',', quote = '"', escape = '"');
CREATE TABLE target_id AS SELECT id::INT AS id, name
FROM read_csv('targets.csv', header = true, all_varchar = true, delim = ',', quote = '"', escape = '"');
-- Groups of accounts that the test makes up; both signals count them.
CREATE TABLE roster AS SELECT * FROM read_csv('roster.csv', header = true, columns = {'actor': 'INT', 'ring': 'INT'});
CREATE TABLE fold_of AS SELECT * FROM read_csv('folds.csv', header = true, columns = {'block': 'BIGINT', 'fold': 'INT'});

CREATE TABLE account_facts AS
SELECT a.id, count(e.ts) AS degree, min(e.ts) AS first FROM actor_id a LEFT JOIN endorsement e ON e.actor = a.name GROUP BY a.id;

CREATE TABLE target_facts AS
SELECT t.id, count(e.ts) AS popularity, min(e.ts) AS first,
  -- Where there are eight, the third is the beginning; publication is, if it was before that.
  CASE WHEN count(e.ts) >= 8 THEN list_sort(list(e.ts))[3] ELSE min(e.ts) END AS onset,
  CASE WHEN min(k.published) <= onset THEN min(k.published) ELSE onset END AS origin,
  coalesce(min(o.id), t.id + (1::BIGINT << 40)) AS author
FROM target_id t LEFT JOIN endorsement e ON e.target = t.name
LEFT JOIN known k ON k.target = t.name LEFT JOIN actor_id o ON o.name = k.owner GROUP BY t.id;

COPY (SELECT id, degree, first FROM account_facts) TO 'degrees.answer.csv';
COPY (SELECT id, popularity, first, CASE WHEN popularity > 0 THEN origin END, author FROM target_facts)
TO 'popularity.answer.csv';

-- Numbers go by first endorsement, then by how many; who has none comes last, by name.
COPY (
  SELECT 'account', id FROM (
    SELECT *, lag((degree = 0, first, degree)) OVER (ORDER BY id) AS before FROM account_facts
  ) WHERE degree > 0 AND before > (degree = 0, first, degree)
  UNION ALL SELECT 'target', id FROM (
    SELECT *, lag((popularity = 0, first, popularity)) OVER (ORDER BY id) AS before FROM target_facts
  ) WHERE popularity > 0 AND before > (popularity = 0, first, popularity)
  UNION ALL SELECT 'account without', id FROM (
    SELECT i.*, lag(i.name) OVER (ORDER BY i.id) AS before FROM account_facts f JOIN actor_id i USING (id) WHERE degree = 0
  ) WHERE before > name
  UNION ALL SELECT 'target without', id FROM (
    SELECT i.*, lag(i.name) OVER (ORDER BY i.id) AS before FROM target_facts f JOIN target_id i USING (id) WHERE popularity = 0
  ) WHERE before > name
) TO 'disorder.answer.csv';

-- What the span and the regularity of the times allow.
CREATE TABLE plan AS
WITH occupancy AS (
  -- The span goes without the hours that hold the first and the last thousandth.
  SELECT hour, sum(n) OVER (ORDER BY hour) AS upto, sum(n) OVER (ORDER BY hour DESC) AS since, sum(n) OVER () // 1000 AS spare
  FROM (SELECT ts // 3600000000 AS hour, count(*) AS n FROM endorsement GROUP BY hour)
), seen AS (
  SELECT
    greatest(min(ts), (SELECT min(hour) FROM occupancy WHERE upto > spare) * 3600000000)::BIGINT AS first,
    least(max(ts), (SELECT max(hour) FROM occupancy WHERE since > spare) * 3600000000 + 3599999999)::BIGINT AS last, count(*) AS n,
    count(*) FILTER (ts % 86400000000 = 0) AS days, count(*) FILTER (ts % 3600000000 = 0) AS hours,
    count(*) FILTER (ts % 60000000 = 0) AS minutes, count(*) FILTER (ts % 1000000 = 0) AS seconds
  FROM endorsement
)
SELECT first, last,
  CASE WHEN last - first >= 16 * 86400000000 THEN 86400000000
    WHEN last - first >= 2 * 86400000000 THEN 21600000000 ELSE 3600000000 END AS block,
  CASE WHEN days * 100 >= n * 99 THEN 86400000000 WHEN hours * 100 >= n * 99 THEN 3600000000
    WHEN minutes * 100 >= n * 99 THEN 60000000 WHEN seconds * 100 >= n * 99 THEN 1000000 ELSE 1 END AS resolution
FROM seen;
COPY (SELECT * FROM plan) TO 'plan.answer.csv';

CREATE TABLE scale AS
SELECT id, wide, tile, tile <= plan.block AND wide >= 2 * plan.resolution AS usable
FROM (VALUES (0, 60000000::BIGINT, 3600000000::BIGINT), (1, 600000000, 21600000000), (2, 3600000000, 86400000000))
  AS s (id, wide, tile), plan;
COPY (SELECT * FROM scale) TO 'scales.answer.csv';

CREATE TABLE e AS
SELECT t.id AS target, a.id AS actor, e.ts, f.degree, p.popularity, p.origin, e.ts // plan.block AS block, b.fold,
  -- Midnight sharp is a date without a time.
  e.ts % 86400000000 <> 0 OR plan.resolution >= 86400000000 AS tells
FROM endorsement e JOIN target_id t ON t.name = e.target JOIN actor_id a ON a.name = e.actor
JOIN account_facts f ON f.id = a.id JOIN target_facts p ON p.id = t.id, plan
JOIN fold_of b ON b.block = e.ts // plan.block;

CREATE TABLE v AS
SELECT t.id AS target, k.ts FROM kept k JOIN target_id t ON t.name = k.target WHERE k.class = 254;
