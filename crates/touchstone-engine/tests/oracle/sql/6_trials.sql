-- A tile begins where its target did, or with the member who was there before.
CREATE TABLE acts AS
SELECT m.*, s.id AS scale, s.tile, s.wide,
  greatest(m.ts // s.tile * s.tile, least(m.origin, min(m.ts) OVER (PARTITION BY m.target, m.ring, s.id, m.ts // s.tile))) AS since,
  least((m.ts // s.tile + 1) * s.tile, plan.last + 1) AS until
FROM member m, scale s, plan WHERE m.tells AND s.usable;

-- Every action of a member, at every scale, where windows of other members cover part of its tile.
CREATE TABLE sides AS
SELECT x.target, x.actor, x.ts, x.ring, x.fold, x.scale, x.scale = r.scale AS own_scale,
  count(*) FILTER (reaches) AS windows, count(*) FILTER (reaches AND earlier) AS windows_before,
  count(*) FILTER (close) AS others, count(*) FILTER (close AND earlier) AS others_before, count(*) + 1 AS near
FROM (
  SELECT x.*, y.actor < x.actor AS earlier, abs(y.ts - x.ts) <= x.wide AS close,
    greatest(y.ts - x.wide, x.since) < least(y.ts + x.wide + 1, x.until) AS reaches
  FROM acts x JOIN member y ON x.target = y.target AND x.ring = y.ring AND x.block = y.block AND x.actor <> y.actor AND y.tells
    AND y.ts BETWEEN x.ts // x.tile * x.tile - x.wide AND (x.ts // x.tile + 1) * x.tile + x.wide
) x JOIN ring r USING (ring) GROUP BY ALL;

-- From 257 members on, the own window counts, too, and nothing is said of an order.
CREATE TABLE trial AS
SELECT *, others > 0 AS in_step, CASE WHEN near <= 256 AND windows_before > 0 THEN others_before > 0 END AS before
FROM sides WHERE windows > 0 OR near > 256;

COPY (
  SELECT 'fold ' || fold, actor, ring, target, ts, scale, in_step, others, before FROM trial
  UNION ALL
  SELECT 'own scale', actor, ring, target, ts, scale, in_step, others, NULL FROM trial WHERE own_scale
) TO 'trials.answer.csv';
