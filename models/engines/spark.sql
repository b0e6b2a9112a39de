-- The vocabulary of the models, taught to Spark as temporary SQL functions of each session. NULL in, NULL out.
-- ${…} are settings of shoplake.yaml, filled in as literals. The session reads "x" as a name.

-- Settings
CREATE OR REPLACE TEMPORARY FUNCTION money_decimals() RETURNS BIGINT RETURN ${money_decimals};
CREATE OR REPLACE TEMPORARY FUNCTION currency() RETURNS STRING RETURN ${currency};
CREATE OR REPLACE TEMPORARY FUNCTION late_after_seconds() RETURNS BIGINT RETURN ${late_after_seconds};
CREATE OR REPLACE TEMPORARY FUNCTION skew_tolerance_seconds() RETURNS BIGINT RETURN ${skew_tolerance_seconds};
CREATE OR REPLACE TEMPORARY FUNCTION funnel_window_seconds() RETURNS BIGINT RETURN ${funnel_window_seconds};
CREATE OR REPLACE TEMPORARY FUNCTION earliest_day() RETURNS DATE RETURN DATE ${earliest_day};

-- Money: an amount that does not fit minor units is NULL in them; nothing is ever rounded.
CREATE OR REPLACE TEMPORARY FUNCTION fits_minor(amount DECIMAL(18, 4)) RETURNS BOOLEAN
    RETURN cast(amount * 10000 AS bigint) % ${minor_divisor} = 0;
CREATE OR REPLACE TEMPORARY FUNCTION to_minor(amount DECIMAL(18, 4)) RETURNS BIGINT
    RETURN CASE WHEN cast(amount * 10000 AS bigint) % ${minor_divisor} = 0
                THEN cast(amount * 10000 AS bigint) div ${minor_divisor} END;

-- Text
CREATE OR REPLACE TEMPORARY FUNCTION as_text(x STRING) RETURNS STRING RETURN x;
CREATE OR REPLACE TEMPORARY FUNCTION json_text(json STRING, key STRING) RETURNS STRING
    RETURN from_json(json, 'map<string, string>')[key];
-- Says that a value is missing because its text could not be read; empty where it is not so.
CREATE OR REPLACE TEMPORARY FUNCTION unread(is_missing BOOLEAN, rescued STRING, name STRING) RETURNS STRING
    RETURN CASE WHEN is_missing
                THEN coalesce(name || ' ''' || from_json(rescued, 'map<string, string>')[name]
                              || ''' could not be read; ', '')
                ELSE '' END;

-- Time: instants are UTC without a zone, days are dates of the reporting zone.
CREATE OR REPLACE TEMPORARY FUNCTION as_utc(t STRING) RETURNS TIMESTAMP_NTZ RETURN cast(t AS timestamp_ntz);
CREATE OR REPLACE TEMPORARY FUNCTION as_day(t STRING) RETURNS DATE RETURN cast(t AS date);
CREATE OR REPLACE TEMPORARY FUNCTION local_time(t TIMESTAMP_NTZ) RETURNS TIMESTAMP_NTZ
    RETURN convert_timezone('UTC', ${reporting_zone}, t);
CREATE OR REPLACE TEMPORARY FUNCTION business_day(t TIMESTAMP_NTZ) RETURNS DATE
    RETURN cast(convert_timezone('UTC', ${reporting_zone}, t) AS date);
-- An ambiguous midnight (the clock goes back over it) is its first occurrence.
CREATE OR REPLACE TEMPORARY FUNCTION day_start(d DATE) RETURNS TIMESTAMP_NTZ
    RETURN convert_timezone(${reporting_zone}, 'UTC', cast(d AS timestamp_ntz));
CREATE OR REPLACE TEMPORARY FUNCTION week_of(d DATE) RETURNS DATE RETURN trunc(d, 'WEEK');
CREATE OR REPLACE TEMPORARY FUNCTION month_of(d DATE) RETURNS DATE RETURN trunc(d, 'MM');
CREATE OR REPLACE TEMPORARY FUNCTION plus_days(d DATE, n BIGINT) RETURNS DATE RETURN date_add(d, cast(n AS int));
CREATE OR REPLACE TEMPORARY FUNCTION plus_months(d DATE, n BIGINT) RETURNS DATE RETURN add_months(d, cast(n AS int));
CREATE OR REPLACE TEMPORARY FUNCTION plus_seconds(t TIMESTAMP_NTZ, n BIGINT) RETURNS TIMESTAMP_NTZ
    RETURN timestampadd(SECOND, n, t);
CREATE OR REPLACE TEMPORARY FUNCTION days_between(a DATE, b DATE) RETURNS BIGINT RETURN cast(datediff(b, a) AS bigint);
CREATE OR REPLACE TEMPORARY FUNCTION months_diff(a DATE, b DATE) RETURNS BIGINT
    RETURN cast((year(b) - year(a)) * 12 + month(b) - month(a) AS bigint);
CREATE OR REPLACE TEMPORARY FUNCTION micros_between(a TIMESTAMP_NTZ, b TIMESTAMP_NTZ) RETURNS BIGINT
    RETURN timestampdiff(MICROSECOND, a, b);
CREATE OR REPLACE TEMPORARY FUNCTION seconds_between(a TIMESTAMP_NTZ, b TIMESTAMP_NTZ) RETURNS BIGINT
    RETURN timestampdiff(MICROSECOND, a, b) div 1000000;

-- Arithmetic: integer division cuts towards zero, a zero denominator gives NULL.
CREATE OR REPLACE TEMPORARY FUNCTION int_div(a BIGINT, b BIGINT) RETURNS BIGINT RETURN a div nullif(b, 0);
CREATE OR REPLACE TEMPORARY FUNCTION ratio(a DOUBLE, b DOUBLE) RETURNS DOUBLE RETURN a / nullif(b, 0);
-- Half away from zero. `div` of decimals would wrap what 64 bits cannot hold; a cast of the whole quotient fails.
CREATE OR REPLACE TEMPORARY FUNCTION round_div(a DECIMAL(20, 0), b DECIMAL(20, 0)) RETURNS BIGINT
    RETURN cast(CASE WHEN (a < 0) = (b < 0) THEN 1 ELSE -1 END
                * ((2 * abs(a) + abs(b)) - (2 * abs(a) + abs(b)) % nullif(2 * abs(b), 0)) / nullif(2 * abs(b), 0)
                AS bigint);
-- a * b / c and its remainder beyond 64 bits.
CREATE OR REPLACE TEMPORARY FUNCTION mul_div(a DECIMAL(19, 0), b DECIMAL(19, 0), c DECIMAL(19, 0)) RETURNS BIGINT
    RETURN cast((a * b - (a * b) % nullif(c, 0)) / nullif(c, 0) AS bigint);
CREATE OR REPLACE TEMPORARY FUNCTION mul_mod(a DECIMAL(19, 0), b DECIMAL(19, 0), c DECIMAL(19, 0)) RETURNS BIGINT
    RETURN cast((a * b) % nullif(c, 0) AS bigint);
CREATE OR REPLACE TEMPORARY FUNCTION hash_part(s STRING, k INT) RETURNS BIGINT
    RETURN cast(conv(substr(md5(s), 8 * k + 1, 8), 16, 10) AS bigint);
