-- Close pairs: the next few among accounts that can be judged, within reach and block.
CREATE TABLE eligible AS
SELECT *, row_number() OVER (PARTITION BY target ORDER BY ts, actor) AS place FROM e WHERE tells AND degree >= getvariable('degree_min');

CREATE TABLE neighbours AS
SELECT a.actor AS a, b.actor AS b, a.fold, b.ts - a.ts AS gap, b.place - a.place AS apart
FROM eligible a JOIN eligible b
  ON a.target = b.target AND a.block = b.block AND b.place > a.place AND b.place <= a.place + getvariable('neighbours_max') + 1
WHERE b.ts - a.ts <= (SELECT max(wide) FROM scale WHERE usable);

CREATE TABLE pair AS
SELECT least(n.a, n.b) AS low, greatest(n.a, n.b) AS high, n.fold, min(s.id) AS scale
FROM (SELECT *, row_number() OVER () AS n FROM neighbours WHERE apart <= getvariable('neighbours_max')) n
JOIN scale s ON s.usable AND n.gap <= s.wide GROUP BY n.n, n.a, n.b, n.fold;

COPY (
  SELECT s.id, f.fold, count(p.low) FROM scale s CROSS JOIN (VALUES (0), (1)) f (fold)
  LEFT JOIN pair p ON p.scale = s.id AND p.fold = f.fold GROUP BY ALL
) TO 'pair_totals.answer.csv';
COPY (SELECT count(*) FROM neighbours WHERE apart > getvariable('neighbours_max')) TO 'capped.answer.csv';
COPY (SELECT low, high, fold, scale, count(*) FROM pair GROUP BY ALL) TO 'pair_keys.answer.csv';
