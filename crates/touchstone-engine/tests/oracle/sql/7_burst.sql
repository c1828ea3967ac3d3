-- The strongest of all windows that begin with an endorsement, against the pace of the log.
CREATE TABLE paced AS
SELECT e.target, e.ts, e.popularity, row_number() OVER (PARTITION BY e.target ORDER BY e.ts, e.actor) AS place,
  CASE WHEN e.ts <= e.origin THEN 0 ELSE c.reached + part(e.ts - e.origin, c.low, c.high) * (c.next - c.reached) END AS reached
FROM e JOIN cumulative c ON c.bin = bin_of(e.ts - e.origin) WHERE e.popularity >= getvariable('burst_popularity_min');

CREATE TABLE candidate AS
SELECT target, observed, greatest(0.5, popularity * (until - since)) AS expected
FROM (
  SELECT a.target, a.popularity, a.place, w.wide, a.reached AS since, max(b.reached) AS until, count(*) AS observed
  FROM paced a JOIN paced b ON a.target = b.target AND b.place >= a.place
  JOIN (VALUES (600000000), (3600000000), (21600000000)) w (wide) ON b.ts - a.ts <= w.wide GROUP BY ALL
);
CREATE TABLE strongest AS
SELECT target, max(sqrt(2 * (observed * ln(observed / expected) - (observed - expected)))) AS strength
FROM candidate WHERE observed >= 4 AND observed > expected GROUP BY target;
COPY (SELECT * FROM strongest) TO 'strength.answer.csv';

-- What lies in the windows that the detector names.
CREATE TABLE peak AS SELECT * FROM read_csv('peaks.csv', header = true, columns = {'target': 'INT', 'since': 'BIGINT', 'until': 'BIGINT'});
CREATE TABLE inside AS
SELECT p.target, t.popularity, (SELECT count(*) FROM e WHERE e.target = p.target AND e.ts BETWEEN p.since AND p.until) AS observed,
  (SELECT greatest(0.5, t.popularity * (max(reached) - min(reached))) FROM paced s WHERE s.target = p.target AND s.ts BETWEEN p.since AND p.until) AS expected,
  (SELECT count(*) FROM v WHERE v.target = p.target) AS views,
  -- Clocks differ: views as far before and after as the window is long, ten minutes at least, belong to it.
  (SELECT count(*) FROM v WHERE v.target = p.target AND v.ts BETWEEN p.since - greatest(p.until - p.since, 600000000)
    AND p.until + greatest(p.until - p.since, 600000000)) AS seen
FROM peak p JOIN target_facts t ON t.id = p.target;
COPY (SELECT target, popularity, observed FROM inside) TO 'peaks.answer.csv';
COPY (SELECT target, expected FROM inside) TO 'expected.answer.csv';
COPY (
  SELECT target, 2 * (sqrt(observed) - sqrt(seen * least(1, (popularity - observed + 1) / (views - seen + 1)::DOUBLE)))
  FROM inside WHERE views > 0
) TO 'by_views.answer.csv';
