"""The queries and options the oracle runs: every node type, label and odd name that a small schema can provoke."""

SCHEMA = """
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL, country text, score numeric);
INSERT INTO users SELECT g, 'user' || g || '@example.org', CASE WHEN g % 7 = 0 THEN 'de' ELSE 'fr' END, g % 100
  FROM generate_series(1, 2000) g;
CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users, state text, total numeric, made_at timestamp);
INSERT INTO orders SELECT g, g % 2000 + 1, CASE WHEN g % 50 = 0 THEN 'late' ELSE 'sent' END, g % 333,
  timestamp '2026-01-01' + g * interval '1 minute' FROM generate_series(1, 20000) g;
CREATE INDEX orders_user_id_idx ON orders (user_id);
CREATE INDEX orders_state_made_at_idx ON orders (state, made_at);
CREATE TABLE "Odd ""Name"" (x)" ("a -> b" int, "it's" text);
INSERT INTO "Odd ""Name"" (x)" SELECT g, 'v' || g FROM generate_series(1, 300) g;
CREATE INDEX "odd (cost=1) idx" ON "Odd ""Name"" (x)" ("a -> b");
CREATE TABLE parts (id int, day date, n int) PARTITION BY RANGE (day);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
INSERT INTO parts SELECT g, date '2026-01-01' + g % 59, g FROM generate_series(1, 1000) g;
CREATE TABLE logbook (id int, note text);
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER "note it's on" BEFORE UPDATE ON orders FOR EACH ROW EXECUTE PROCEDURE noted();
CREATE TABLE children (id int, order_id int REFERENCES orders ON DELETE CASCADE);
INSERT INTO children SELECT g, g FROM generate_series(1, 500) g;
CREATE INDEX ON children (order_id);
CREATE SCHEMA "Sales Dept";
CREATE TABLE "Sales Dept".leads (id int PRIMARY KEY, "select" text);
INSERT INTO "Sales Dept".leads SELECT g, 'x' FROM generate_series(1, 100) g;
ANALYZE;
"""
VACUUM = "VACUUM ANALYZE"

QUERIES = {
    "seq": "SELECT * FROM orders WHERE total > 300",
    "index": "SELECT * FROM orders WHERE user_id = 42",
    "backward": "SELECT * FROM orders WHERE state = 'late' ORDER BY made_at DESC LIMIT 5",
    "index_only": "SELECT user_id FROM orders WHERE user_id < 50",
    "bitmap": "SET LOCAL enable_indexscan = off; SELECT * FROM orders WHERE user_id < 150 OR user_id = 1999",
    "lossy": "SET LOCAL work_mem = '64kB'; SET LOCAL enable_indexscan = off; SET LOCAL enable_seqscan = off;"
    " SELECT * FROM orders WHERE user_id < 1500",
    "hash_join": "SELECT * FROM orders o JOIN users u ON u.id = o.user_id WHERE u.country = 'de'",
    "hash_left": "SELECT u.id, o.id FROM users u LEFT JOIN orders o ON o.user_id = u.id AND o.total > 330",
    "semi": "SELECT * FROM users u WHERE EXISTS (SELECT 1 FROM orders o WHERE o.user_id = u.id AND o.total > 330)",
    "anti": "SELECT * FROM users u WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.user_id = u.id)",
    "merge_join": "SET LOCAL enable_hashjoin = off; SET LOCAL enable_nestloop = off;"
    " SELECT count(*) FROM users u FULL JOIN orders o ON u.id = o.user_id",
    "nested": "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;"
    " SELECT * FROM users u JOIN orders o ON o.user_id = u.id WHERE u.id < 30",
    "memoize": "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;"
    " SELECT count(u.email) FROM orders o JOIN users u ON u.id = o.user_id WHERE o.id < 3000",
    "materialize": "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;"
    " SELECT count(*) FROM parts_1 a, parts_2 b WHERE a.n < b.n",
    "sort_disk": "SET LOCAL work_mem = '64kB'; SELECT * FROM orders ORDER BY total, id",
    "top_n": "SELECT * FROM orders ORDER BY total DESC NULLS LAST, id LIMIT 10",
    "incremental": "SET LOCAL enable_seqscan = off; SELECT * FROM orders ORDER BY user_id, total LIMIT 400",
    "hash_agg": "SELECT user_id, sum(total) FROM orders GROUP BY user_id HAVING sum(total) > 1000",
    "hash_agg_disk": "SET LOCAL work_mem = '64kB'; SET LOCAL enable_sort = off;"
    " SELECT id, sum(total) FROM orders GROUP BY id",
    "group_agg": "SET LOCAL enable_hashagg = off; SELECT state, user_id, count(*) FROM orders GROUP BY state, user_id",
    "grouping_sets": "SELECT state, user_id % 10, count(*) FROM orders GROUP BY ROLLUP (state, user_id % 10)",
    "cube": "SELECT state, user_id % 3, total::int % 2, count(*) FROM orders GROUP BY CUBE (1, 2, 3)",
    "window": "SELECT id, row_number() OVER w, sum(total) OVER w FROM orders WINDOW w AS (PARTITION BY user_id)",
    "window_top": "SELECT * FROM (SELECT id, row_number() OVER (ORDER BY id) n FROM orders) q WHERE n < 10",
    "distinct": "SELECT DISTINCT state FROM orders",
    "unique": "SET LOCAL enable_hashagg = off; SELECT DISTINCT user_id FROM orders",
    "except": "SELECT id FROM users EXCEPT SELECT user_id FROM orders",
    "intersect": "SET LOCAL enable_hashagg = off; SELECT id FROM users INTERSECT ALL SELECT user_id FROM orders",
    "union": "SELECT id FROM users UNION ALL SELECT user_id FROM orders UNION ALL SELECT 1",
    "init_plan": "SELECT * FROM orders WHERE total = (SELECT max(total) FROM orders) AND user_id > (SELECT 5)",
    "many_init_plans": "SELECT "
    + ", ".join(f"(SELECT count(*) FROM users WHERE id < {n})" for n in range(12)),
    "sub_plan": "SELECT u.id, (SELECT count(*) FROM orders o WHERE o.user_id = u.id) FROM users u WHERE u.id < 40",
    "hashed_sub_plan": "SELECT * FROM users WHERE id NOT IN (SELECT user_id FROM orders WHERE total > 330)",
    "cte": "WITH c AS MATERIALIZED (SELECT * FROM orders WHERE total > 200) SELECT a.id FROM c a JOIN c b USING (id)",
    "old_cte": 'WITH "my c: it\'s" AS (SELECT user_id, count(*) FROM orders GROUP BY 1)'
    ' SELECT * FROM "my c: it\'s" a, "my c: it\'s" b WHERE a.user_id = b.user_id',
    "recursive": "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 50) SELECT * FROM r",
    "partitions": "SELECT * FROM parts WHERE n > 100 ORDER BY day",
    "pruned": "SELECT * FROM parts WHERE day = (SELECT date '2026-01-05')",
    "values": "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) v(x, y) WHERE x > 1",
    "function": "SELECT * FROM generate_series(1, 100) g WHERE g % 2 = 0",
    "rows_from": "SELECT * FROM ROWS FROM (generate_series(1, 3), generate_series(1, 5)) AS t(a, b)",
    "xmltable": "SELECT * FROM json_each('{\"a\": 1}')",
    "srf": "SELECT generate_series(1, 3), id FROM users WHERE id < 4",
    "sample": "SELECT * FROM orders TABLESAMPLE BERNOULLI (10) REPEATABLE (7)",
    "tid": "SELECT * FROM orders WHERE ctid = '(0,1)'",
    "lock": "SELECT * FROM orders WHERE id < 10 FOR UPDATE",
    "one_time": "SELECT * FROM orders WHERE now() < timestamp '2000-01-01'",
    "never": "SELECT * FROM users u JOIN (SELECT * FROM orders WHERE false OR total < -1) o ON o.user_id = u.id",
    "odd_names": 'SELECT "a -> b" FROM "Odd ""Name"" (x)" AS "t (cost=9)" WHERE "a -> b" = 7 OR "it\'s" = \'->\'',
    "odd_index": 'SET LOCAL enable_seqscan = off; SELECT * FROM "Odd ""Name"" (x)" WHERE "a -> b" < 9 ORDER BY 1',
    "odd_schema": 'SELECT * FROM "Sales Dept".leads "My Leads" WHERE "select" = \'rows=1 loops=2)\'',
    "line_feed": "SELECT * FROM users WHERE email = 'line1\nline2 -> Seq Scan on x  (cost=1.00..2.00 rows=1 width=1)'",
    "line_feeds": "SELECT * FROM users WHERE email = 'a\n\nFilter: b\n''quoted\"' ORDER BY id LIMIT 1",
    "long_list": "SELECT * FROM orders WHERE id IN (" + ", ".join(map(str, range(1, 400))) + ")",
    "insert": "INSERT INTO logbook SELECT id, email FROM users",
    "upsert": "INSERT INTO users VALUES (1, 'a', 'b', 1), (90001, 'a', 'b', 1) ON CONFLICT (id) DO UPDATE"
    " SET email = 'x' WHERE users.score > 50",
    "update": "UPDATE orders SET total = 1 WHERE user_id < 20",
    "update_parts": "UPDATE parts SET n = n + 1 WHERE n < 50",
    "delete": "DELETE FROM orders WHERE id < 40",
    "modifying_cte": "WITH gone AS (DELETE FROM children WHERE id < 9 RETURNING *) SELECT count(*) FROM gone",
    "merge": "MERGE INTO users u USING orders o ON u.id = o.id WHEN MATCHED AND u.id < 9 THEN DO NOTHING"
    " WHEN MATCHED THEN UPDATE SET score = 1 WHEN NOT MATCHED AND o.id < 2100 THEN INSERT VALUES (o.id, 'm', 'x', 0)",
    "parallel": "{parallel} SELECT count(*) FROM orders WHERE total > 5",
    "parallel_sort": "{parallel} SELECT * FROM orders ORDER BY total",
    "parallel_join": "{parallel} SELECT o.state, count(*) FROM orders o JOIN users u ON u.id = o.user_id GROUP BY 1",
    "parallel_bitmap": "{parallel} SET LOCAL enable_seqscan = off; SELECT count(total) FROM orders WHERE user_id < 900",
    "parallel_append": "{parallel} SELECT count(*) FROM parts",
    "jit": "SET LOCAL jit = on; SET LOCAL jit_above_cost = 0; SELECT sum(total) FROM orders",
    "jit_parallel": "{parallel} SET LOCAL jit = on; SET LOCAL jit_above_cost = 0; SELECT sum(total) FROM orders",
    "disabled": "SET LOCAL enable_seqscan = off; SELECT * FROM logbook",
    "settings": "SET LOCAL search_path = public, \"Sales Dept\"; SET LOCAL random_page_cost = 1.1; SELECT * FROM leads",
    "limit_join": "SELECT * FROM orders o JOIN users u ON u.id = o.user_id ORDER BY o.made_at LIMIT 3",
    "group": "SET LOCAL enable_hashagg = off; SELECT user_id FROM orders GROUP BY user_id",
    "bitmap_and": "SET LOCAL enable_indexscan = off; SET LOCAL enable_seqscan = off; SELECT * FROM orders"
    " WHERE user_id < 700 AND (state = 'late' AND made_at < timestamp '2026-01-05')",
    "merge_append": "SET LOCAL enable_sort = off; (SELECT id FROM users ORDER BY 1) UNION ALL (SELECT id FROM orders)"
    " ORDER BY 1 LIMIT 50",
    "tid_range": "SELECT * FROM orders WHERE ctid > '(100,1)'",
    "json_table": "SELECT * FROM JSON_TABLE('[1, 2, 3]', '$[*]' COLUMNS (n int PATH '$')) t WHERE n > 1",
    "lateral": "SELECT * FROM users u, LATERAL (SELECT * FROM orders WHERE user_id = u.id LIMIT 1) q WHERE u.id < 9",
}  # fmt: skip

PARALLEL = (
    "SET LOCAL max_parallel_workers_per_gather = 2; SET LOCAL parallel_setup_cost = 0; "
    "SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0; "
    "SET LOCAL min_parallel_index_scan_size = 0;"
)

OPTIONS = {
    "plain": "",
    "analyze": "ANALYZE",
    "buffers": "ANALYZE, BUFFERS",
    "untimed": "ANALYZE, BUFFERS, TIMING OFF",
    "costless": "COSTS OFF",
    "costless_analyze": "ANALYZE, COSTS OFF, BUFFERS OFF, SUMMARY OFF",
    "verbose": "ANALYZE, VERBOSE, BUFFERS",
    "settings": "ANALYZE, BUFFERS, SETTINGS, WAL",
    "serialize": "ANALYZE, SERIALIZE, MEMORY, BUFFERS",
}
SINCE = {"settings": 13, "serialize": 17}
QUERIES_SINCE = {"merge": 15, "json_table": 17, "cte": 12, "jit": 11, "jit_parallel": 11}
