-- Every action of a member, at every scale, where windows of other members cover part of its tile.
CREATE TABLE sides AS
SELECT x.target, x.actor, x.ts, x.ring, x.fold, s.id AS scale, s.id = r.scale AS own_scale,
  count(*) FILTER (reaches) AS windows, count(*) FILTER (reaches AND earlier) AS windows_before,
  count(*) FILTER (close) AS others, count(*) FILTER (close AND earlier) AS others_before, count(*) + 1 AS near
FROM (
  SELECT x.*, s.id, y.actor < x.actor AS earlier, abs(y.ts - x.ts) <= s.wide AS close,
    y.ts - s.wide < least((x.ts // s.tile + 1) * s.tile, plan.last + 1)
      AND y.ts + s.wide + 1 > greatest(x.ts // s.tile * s.tile, x.origin) AS reaches
  FROM member x JOIN member y ON x.target = y.target AND x.ring = y.ring AND x.block = y.block AND x.actor <> y.actor
  JOIN scale s ON s.usable AND y.ts BETWEEN x.ts // s.tile * s.tile - s.wide AND (x.ts // s.tile + 1) * s.tile + s.wide, plan
) x JOIN ring r USING (ring) JOIN scale s ON s.id = x.id GROUP BY ALL;

-- From 257 members on, the own window counts, too, and nothing is said of an order.
CREATE TABLE trial AS
SELECT *, others > 0 AS in_step, CASE WHEN near <= 256 AND windows_before > 0 THEN others_before > 0 END AS before
FROM sides WHERE windows > 0 OR near > 256;

COPY (
  SELECT 'fold ' || fold, actor, ring, target, ts, scale, in_step, others, before FROM trial
  UNION ALL
  SELECT 'own scale', actor, ring, target, ts, scale, in_step, others, NULL FROM trial WHERE own_scale
) TO 'trials.answer.csv';
