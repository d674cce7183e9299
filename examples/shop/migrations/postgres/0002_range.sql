-- What a new shop has on its shelves, and its archive: it took a hundred thousand orders.
-- The same text for all databases.

INSERT INTO products (name, price_cents, stock)
SELECT name, price_cents, stock FROM (
    SELECT 1 AS place, 'green tea' AS name, 790 AS price_cents, 60 AS stock
    UNION ALL SELECT 2, 'black tea', 690, 60
    UNION ALL SELECT 3, 'tea pot', 3490, 20
    UNION ALL SELECT 4, 'coffee beans', 1290, 60
    UNION ALL SELECT 5, 'coffee mill', 5990, 10
    UNION ALL SELECT 6, 'filter paper', 340, 120
    UNION ALL SELECT 7, 'milk jug', 1850, 25
    UNION ALL SELECT 8, 'sugar bowl', 1490, 15
) AS shelves
WHERE NOT EXISTS (SELECT 1 FROM products)
ORDER BY place;

WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 100000)
INSERT INTO past_orders (product_id, total_cents)
SELECT products.id, price_cents * (1 + n % 4)
FROM number JOIN products ON products.id = 1 + n % (SELECT count(*) FROM products)
WHERE NOT EXISTS (SELECT 1 FROM past_orders);
