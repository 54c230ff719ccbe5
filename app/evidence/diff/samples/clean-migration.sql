-- The index for the list of a user's orders
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_user_id_created_at_idx
    ON shop.orders USING btree (user_id, created_at DESC);
