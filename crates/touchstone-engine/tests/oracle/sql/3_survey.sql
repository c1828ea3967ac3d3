-- How soon after a target's origin, and at what hours; from that the share reached by any age.
CREATE MACRO bin_of(age) AS least(119, floor(log2(greatest(age, 0) / 250000.0::DOUBLE + 1) * 4))::INT;
CREATE MACRO edge_of(bin) AS (pow(2.0::DOUBLE, bin / 4.0::DOUBLE) - 1) * 250000.0::DOUBLE;
CREATE MACRO hour_of(ts) AS ((ts // 3600000000) % 24)::INT;

-- What does not come after the origin says nothing of speed.
CREATE TABLE age AS
SELECT bin, sum(weight)::BIGINT AS weight FROM (
  SELECT bin_of(ts - origin) AS bin, ceil(1024 / sqrt(popularity::DOUBLE)) AS weight FROM e WHERE ts > origin
) GROUP BY bin;

CREATE TABLE cumulative AS
WITH bins AS (
  SELECT b.bin::INT AS bin, coalesce(weight, 0)::DOUBLE AS weight, sum(coalesce(weight, 0)) OVER ()::DOUBLE AS total
  FROM range(121) b (bin) LEFT JOIN age USING (bin)
)
SELECT bin, edge_of(bin) AS low, edge_of(bin + 1) AS high, coalesce(sum(share) OVER below, 0) AS reached, sum(share) OVER upto AS next
FROM (SELECT bin, (weight + 1e-3 * greatest(total / 120, 1e-9)) / greatest(total, 1) AS share FROM bins WHERE bin < 120)
WINDOW below AS (ORDER BY bin ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), upto AS (ORDER BY bin);

CREATE TABLE busy AS
SELECT h.hour, greatest(count(e.ts) * 24.0::DOUBLE / greatest((SELECT count(*) FROM e), 1), 0.02) AS busy
FROM range(24) h (hour) LEFT JOIN e ON hour_of(e.ts) = h.hour GROUP BY h.hour;

CREATE MACRO part(age, low, high) AS greatest(0, least(1, (age - low) / (high - low)));

-- Shares reached at ages that the test asks about.
CREATE TABLE age_asked AS SELECT * FROM read_csv('ages.csv', header = true, columns = {'age': 'BIGINT'});
COPY (
  SELECT age, CASE WHEN age <= 0 THEN 0 ELSE reached + part(age, low, high) * (next - reached) END
  FROM age_asked JOIN cumulative ON bin = bin_of(age)
) TO 'reached.answer.csv';

-- Spans that the test asks about, cut at full hours.
CREATE TABLE span AS
SELECT * FROM read_csv('spans.csv', header = true,
  columns = {'id': 'INT', 'actor': 'INT', 'origin': 'BIGINT', 'since': 'BIGINT', 'until': 'BIGINT', 'ts': 'BIGINT'});
CREATE TABLE piece AS
SELECT id, origin, hour * 3600000000 AS clock, greatest(start, hour * 3600000000) AS since, least(until, (hour + 1) * 3600000000) AS until
FROM (
  SELECT *, greatest(since, origin) AS start, unnest(range(start // 3600000000, (until - 1) // 3600000000 + 1)) AS hour
  FROM span WHERE start < until
);
COPY (
  SELECT s.id, coalesce(sum((b.reached + part(p.until - p.origin, b.low, b.high) * (b.next - b.reached)
    - CASE WHEN p.since <= p.origin THEN 0 ELSE a.reached + part(p.since - p.origin, a.low, a.high) * (a.next - a.reached) END) * busy), 0)
  FROM span s LEFT JOIN piece p USING (id) LEFT JOIN cumulative a ON a.bin = bin_of(p.since - p.origin)
  LEFT JOIN cumulative b ON b.bin = bin_of(p.until - p.origin) LEFT JOIN busy ON busy.hour = hour_of(p.clock) GROUP BY s.id
) TO 'mass.answer.csv';

-- An account's own habits over the same spans, without the action at ts.
COPY (
  SELECT s.id, coalesce(sum(greatest(h.n - (h.bin = bin_of(s.ts - s.origin))::INT, 0)
    * greatest(0, least(c.high, s.until - s.origin) - greatest(c.low, greatest(s.since - s.origin, 0))) / (c.high - c.low)), 0)
  FROM span s LEFT JOIN (SELECT actor, bin_of(ts - origin) AS bin, count(*) AS n FROM e GROUP BY ALL) h ON h.actor = s.actor
  LEFT JOIN cumulative c ON c.bin = h.bin GROUP BY s.id
) TO 'by_age.answer.csv';
-- On other days, at that time of day; what lies within ten minutes of the clock counts once.
COPY (
  SELECT s.id, count(h.time)
  FROM span s LEFT JOIN (
    SELECT actor, ts // 86400000000 AS day, min(ts % 86400000000) AS time FROM e GROUP BY actor, day, ts % 86400000000 // 600000000
  ) h ON h.actor = s.actor AND h.day <> s.ts // 86400000000
    AND (h.time - s.since % 86400000000 + 86400000000) % 86400000000 < s.until - s.since
  GROUP BY s.id
) TO 'by_clock.answer.csv';
