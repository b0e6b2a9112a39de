SELECT p.product_id, coalesce(t.product_category_name_english, p.product_category_name) AS category
FROM products AS p
LEFT JOIN translations AS t ON t.product_category_name = p.product_category_name
