-- The vocabulary of the models on SQLite. SQLite has no functions written in SQL: they are registered on each connection
-- from src/ShopLake.Engines/Sqlite/SqliteVocabulary.cs and give what models/engines/duckdb.sql gives. NULL in, NULL out.
-- This row is what they know of the configuration; ${…} are settings of shoplake.yaml, filled in as literals.
SELECT
    -- Raised when a function gives something else than before, so that everything is computed anew.
    1 AS revision,
    ${money_decimals} AS money_decimals,
    ${minor_divisor} AS minor_divisor,
    ${currency} AS currency,
    ${late_after_seconds} AS late_after_seconds,
    ${skew_tolerance_seconds} AS skew_tolerance_seconds,
    ${funnel_window_seconds} AS funnel_window_seconds,
    ${earliest_day} AS earliest_day,
    ${reporting_zone} AS reporting_zone
