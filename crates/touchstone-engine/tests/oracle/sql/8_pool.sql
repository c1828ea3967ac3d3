-- The pool signal: targets that share endorsers, accounts that share targets. Knows no times.
CREATE TABLE half_of_account AS SELECT * FROM read_csv('account_halves.csv', header = true, columns = {'actor': 'INT', 'half': 'INT'});
CREATE TABLE half_of_target AS SELECT * FROM read_csv('target_halves.csv', header = true, columns = {'target': 'INT', 'half': 'INT'});
CREATE TABLE target_group AS SELECT * FROM read_csv('groups.csv', header = true, columns = {'target': 'INT', 'grp': 'INT'});

COPY (
  SELECT actor, ts, target FROM e WHERE popularity >= getvariable('pool_popularity_min') AND degree >= 3
) TO 'sample.answer.csv';
COPY (
  SELECT h.half, g.grp, e.actor, count(*) FROM e JOIN target_group g USING (target)
  JOIN (VALUES (0), (1)) h (half) ON true JOIN half_of_account a ON a.actor = e.actor AND a.half <> h.half GROUP BY ALL
) TO 'tally.answer.csv';

-- Popularity up to which all pairs fit.
CREATE TABLE most AS
SELECT coalesce(max(popularity), 1) AS most FROM (
  SELECT popularity, sum(sum(popularity * (popularity - 1) // 2)) OVER (ORDER BY popularity) AS pairs
  FROM target_facts GROUP BY popularity
) WHERE pairs <= getvariable('pool_keys_max');
COPY (SELECT greatest(most, 1) FROM most) TO 'most.answer.csv';

CREATE TABLE listed AS
SELECT e.*, h.half FROM e JOIN half_of_target h USING (target), most WHERE e.popularity BETWEEN 2 AND most.most;
CREATE TABLE share AS
SELECT a.actor AS low, b.actor AS high, a.half FROM listed a JOIN listed b ON a.target = b.target AND a.actor < b.actor
WHERE a.degree >= getvariable('pool_degree_min') AND b.degree >= getvariable('pool_degree_min');
COPY (SELECT h.half, count(s.low) FROM (VALUES (0), (1)) h (half) LEFT JOIN share s USING (half) GROUP BY ALL)
TO 'list_totals.answer.csv';
COPY (SELECT low, high, half, 0, count(*) FROM share GROUP BY ALL) TO 'list_keys.answer.csv';

-- Lists of a ring: targets of the half that two members have. What others have of them sets the rate.
CREATE TABLE list AS
SELECT l.half, r.ring, l.target, count(*) AS members FROM listed l JOIN roster r USING (actor) GROUP BY ALL HAVING count(*) >= 2;
CREATE TABLE owned AS
SELECT s.half, s.ring, l.actor, count(*) FILTER (s.members = 2) AS beside_one, count(*) FILTER (s.members > 2) AS beside_more
FROM list s JOIN listed l USING (half, target) JOIN roster r ON r.actor = l.actor AND r.ring = s.ring GROUP BY ALL;
CREATE TABLE reader AS
SELECT half, ring, sum(n - 2) AS hits, sum(greatest(length - 2, 0)) AS trials FROM (
  SELECT s.half, s.ring, l.actor, count(*) AS n FROM list s JOIN listed l USING (half, target)
  WHERE NOT EXISTS (SELECT 1 FROM roster r WHERE r.actor = l.actor AND r.ring = s.ring) GROUP BY ALL HAVING count(*) >= 2
) JOIN (SELECT half, ring, count(*) AS length FROM list GROUP BY ALL) USING (half, ring) GROUP BY ALL;
CREATE TABLE list_verdict AS
SELECT o.half, o.ring, o.actor, o.beside_more AS observed, n.length - o.beside_one AS listed,
  2 + (n.length - o.beside_one - 2) * (coalesce(r.hits, 0) + 0.5::DOUBLE) / (coalesce(r.trials, 0) + 1) AS expected
FROM owned o JOIN (SELECT half, ring, count(*) AS length FROM list GROUP BY ALL) n USING (half, ring)
LEFT JOIN reader r USING (half, ring);
COPY (SELECT half, ring, actor, observed, listed FROM list_verdict WHERE observed >= 3 AND listed >= 3) TO 'lists.answer.csv';
COPY (SELECT half || ' ' || ring || ' ' || actor, expected FROM list_verdict WHERE observed >= 3 AND listed >= 3) TO 'list_expected.answer.csv';
