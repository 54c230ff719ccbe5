SELECT * FROM orders WHERE user_id = 4242 ORDER BY made_at;
