-- Who is, in one fold, within the window of at least three (other) members that make a fifth of the crowd there?
CREATE TABLE ring AS
SELECT r.*, s.wide FROM read_csv('rings.csv', header = true, columns = {'ring': 'INT', 'scale': 'INT'}) r JOIN scale s ON s.id = r.scale;
CREATE TABLE member AS SELECT e.*, r.ring FROM e JOIN roster r USING (actor);

CREATE TABLE beside AS
SELECT x.target, x.actor, x.ts, x.fold, r.ring, r.wide, count(*) AS near,
  bool_or(m.actor = x.actor)::INT AS own,
  (SELECT count(*) FROM e y WHERE y.target = x.target AND abs(y.ts - x.ts) <= r.wide) AS crowd
FROM e x JOIN member m ON m.target = x.target AND m.fold = x.fold JOIN ring r ON r.ring = m.ring AND abs(m.ts - x.ts) <= r.wide
WHERE x.tells AND m.tells AND x.degree >= getvariable('degree_min')
GROUP BY ALL;

-- Where a member acts in a crowd of which the ring could not be a tenth, the count may look away.
CREATE TABLE hopeless AS
SELECT m.target, m.ring, m.fold, m.ts, r.wide
FROM member m JOIN ring r USING (ring)
WHERE m.tells AND (SELECT count(*) FROM e y WHERE y.target = m.target AND abs(y.ts - m.ts) <= r.wide) * 0.2::DOUBLE
  > 2.0::DOUBLE * (SELECT count(*) FROM member y WHERE y.target = m.target AND y.ring = m.ring AND y.fold = m.fold AND y.tells AND abs(y.ts - m.ts) <= 2 * r.wide);

COPY (
  SELECT fold, ring, actor, count(*) FILTER (NOT EXISTS (
      SELECT 1 FROM hopeless h WHERE h.target = b.target AND h.ring = b.ring AND h.fold = b.fold AND abs(h.ts - b.ts) <= h.wide)), count(*)
  FROM beside b WHERE near - own >= 3 AND near >= 0.2::DOUBLE * crowd GROUP BY ALL
) TO 'hits.answer.csv';
